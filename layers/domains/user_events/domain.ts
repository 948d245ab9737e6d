import historicalView from '../../../sql/user_events/serving/templates/user_events_historical.sql';
import unifiedView from '../../../sql/user_events/serving/templates/user_events_unified.sql';
import type { Domain } from '../domain.ts';
import { userGold } from './gold.ts';
import { userChecks } from './quality.ts';
import { userQueries } from './queries.ts';
import { userSchema } from './schema.ts';
import { userEvents } from './stream.ts';

export const userEventsDomain: Domain = {
  name: 'user_events',
  schema: userSchema,
  streams: [
    {
      stream: userEvents,
      views: [
        { name: 'user_events_historical', view: historicalView },
        { name: 'user_events_unified', view: unifiedView },
      ],
      gold: userGold,
      checks: userChecks,
    },
  ],
  queries: userQueries,
};
