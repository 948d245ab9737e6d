import type { DomainGenerator } from './domain-generator.ts';
import { retailEventsGenerator } from './retail_events/generator.ts';
import { userEventsGenerator } from './user_events/generator.ts';

/** Every domain that events can be made up for. */
export const domainGenerators: readonly DomainGenerator[] = [retailEventsGenerator, userEventsGenerator];
