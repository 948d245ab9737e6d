import { z } from 'zod';
import { ConfigError } from './errors.ts';

const environmentSchema = z.object({
  KAFKA_BROKERS: z.string().min(1).optional(),
  MSK_CLUSTER_ARN: z.string().min(1).optional(),
  CLICKHOUSE_URL: z.url(),
  CLICKHOUSE_ADMIN_PASSWORD: z.string().optional(),
  CLICKHOUSE_INGEST_PASSWORD: z.string().optional(),
  CLICKHOUSE_QUERY_PASSWORD: z.string().optional(),
  LAKE_BUCKET: z.string().min(3),
  S3_ENDPOINT: z.url().optional(),
  TRIGGER_STATUS_URL: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  /** Hot rows that the lake holds are kept for so many days after they were inserted. */
  HOT_RETENTION_DAYS: z.coerce.number().min(0).default(90),
  /** What the lake held at a full hour can be asked for so many days. */
  LAKE_HISTORY_DAYS: z.coerce.number().min(0).default(7),
  /** `local` where the functions run on the machine that `npm start` was called on. */
  TIDEMARK_STAGE: z.string().optional(),
  LOG_LEVEL: z.string().default('INFO'),
});

export type Config = z.infer<typeof environmentSchema>;

/**
 * Reads what the functions are told by their environment; empty values count as absent.
 *
 * @throws ConfigError that names each variable that is missing or malformed
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = environmentSchema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`the environment is incomplete: ${problems.join('; ')}`);
}

/**
 * The one setting that differs between functions of the same code.
 *
 * @throws ConfigError when the function was deployed without it
 */
export function readStreamName(environment: NodeJS.ProcessEnv = process.env): string {
  const { STREAM } = environment;
  if (!STREAM) throw new ConfigError('STREAM is not set: serverless.yml names the stream of each ingest function');
  return STREAM;
}
