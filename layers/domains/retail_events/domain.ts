import historicalView from '../../../sql/retail_events/serving/templates/retail_events_historical.sql';
import unifiedView from '../../../sql/retail_events/serving/templates/retail_events_unified.sql';
import type { Domain } from '../domain.ts';
import { retailGold } from './gold.ts';
import { retailChecks } from './quality.ts';
import { retailQueries } from './queries.ts';
import { retailSchema } from './schema.ts';
import { retailEvents } from './stream.ts';

export const retailEventsDomain: Domain = {
  name: 'retail_events',
  schema: retailSchema,
  streams: [
    {
      stream: retailEvents,
      views: [
        { name: 'retail_events_historical', view: historicalView },
        { name: 'retail_events_unified', view: unifiedView },
      ],
      gold: retailGold,
      checks: retailChecks,
    },
  ],
  queries: retailQueries,
};
