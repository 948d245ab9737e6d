import { type Child, element } from '../dom.ts';

/** The commands that produce events of the domains, in a sentence. */
export function drawFirstSteps(domains: readonly string[]): Child[] {
  const commands = domains.flatMap((domain, index) => [
    index === 0 ? '' : ' or ',
    element('code', {}, `npm run generate -- ${domain}`),
  ]);
  return ['Run ', ...commands, ' and watch them arrive.'];
}
