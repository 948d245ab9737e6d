import type { Page } from '../page.ts';
import { homePage } from './home.ts';
import { operationsPage } from './operations.ts';
import { realTimeSalesPage } from './real-time-sales.ts';
import { userActivityPage } from './user-activity.ts';

/** Every page, in the order of the navigation. The first is the start page. */
export const pages: readonly [Page, ...Page[]] = [homePage, realTimeSalesPage, userActivityPage, operationsPage];
