import { readFile } from 'node:fs/promises';
import type { Domain } from '@tidemark/domains/domain';
import { listSqlFiles } from '../../../localstack/start/apply-sql.ts';
import { parcelTrackingDomain } from '../../fixtures/domains/parcel_tracking/layers/domains/parcel_tracking/domain.ts';
import { parcelTrackingGenerator } from '../../fixtures/domains/parcel_tracking/localstack/generators/parcel_tracking/generator.ts';
import { readFunctions, type Surroundings } from './surroundings.ts';

/** Where the files of `docs/adding-a-domain.md` lie, each by its path in the repository. */
export const PARCEL_FILES = 'test/fixtures/domains/parcel_tracking';

/** A domain with everything around it. */
export interface DeclaredDomain {
  readonly domain: Domain;
  readonly surroundings: Surroundings;
}

/** Reads the made-up domain of `docs/adding-a-domain.md`, which is declared whole. */
export async function readParcelTracking(): Promise<DeclaredDomain> {
  const [platform, own, template, tablesDocument] = await Promise.all([
    listSqlFiles('sql', []),
    listSqlFiles(`${PARCEL_FILES}/sql`, [parcelTrackingDomain.name]),
    readFile(`${PARCEL_FILES}/serverless.yml`, 'utf8'),
    readFile(`${PARCEL_FILES}/docs/tables.md`, 'utf8'),
  ]);
  return {
    domain: parcelTrackingDomain,
    surroundings: {
      sqlFiles: [...platform, ...own],
      functions: readFunctions(template),
      generators: [parcelTrackingGenerator],
      tablesDocument,
    },
  };
}
