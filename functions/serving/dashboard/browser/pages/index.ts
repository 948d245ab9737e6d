import type { Page } from '../page.ts';
import { homePage } from './home.ts';
import { realTimeSalesPage } from './real-time-sales.ts';

/** Every page, in the order of the navigation. The first is the start page. */
export const pages: readonly [Page, ...Page[]] = [homePage, realTimeSalesPage];
