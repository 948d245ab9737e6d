import type { Domain, StreamDeclaration } from './domain.ts';
import { retailEventsDomain } from './retail_events/domain.ts';
import type { Stream } from './stream.ts';
import { userEventsDomain } from './user_events/domain.ts';

/** Every domain; a new one is a folder and a line here. */
export const domains: readonly Domain[] = [retailEventsDomain, userEventsDomain];

/** Every stream with its views and gold, in the order in which runs treat them. */
export const declarations: readonly StreamDeclaration[] = domains.flatMap((domain) => domain.streams);

export const streams: readonly Stream[] = declarations.map((declaration) => declaration.stream);

/** @throws Error that names the known streams. */
export function findDeclaration(streamName: string): StreamDeclaration {
  const declaration = declarations.find((candidate) => candidate.stream.name === streamName);
  if (declaration === undefined) {
    throw new Error(`unknown stream "${streamName}": one of ${streams.map((known) => known.name).join(', ')}`);
  }
  return declaration;
}
