import type { StreamStatus } from '../../model/contract.ts';
import { formatNoun } from '../../model/format.ts';
import { describeReconcile, describeScope } from '../../model/reconcile.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawStreamHead } from './stream-head.ts';

/** For each stream what its last reconciliation found, and the gaps and conflicts that are open now. */
export function drawReconcile(streams: readonly StreamStatus[], nowMs: number): HTMLElement[] {
  return streams.flatMap((status) => {
    const { stream, reconcile, open_gaps: gaps, conflicts } = status;
    const { tone, text, findings } = describeReconcile(reconcile);
    const lines = [
      reconcile === null ? 'It runs daily.' : `${describeScope(reconcile)}.`,
      ...findings.map((finding) => `${finding}.`),
      gaps === 0 ? '' : `${formatNoun(gaps, 'record')} lost before they were stored.`,
      conflicts === 0 ? '' : `${formatNoun(conflicts, 'repeat')} with other content than the event.`,
    ].filter((line) => line !== '');
    const isBad = tone === 'bad' || gaps > 0;
    return [
      drawStreamHead(
        stream,
        { tone: `tag-${tone}`, text },
        reconcile === null ? null : timeWithAgo(reconcile.checked_at, nowMs),
      ),
      element('p', { class: 'stream-note' }, lines.join(' ')),
      isBad || reconcile === null ? drawCommand(stream) : null,
    ].filter((child) => child !== null);
  });
}

/** Names the offsets, which the status only counts. */
function drawCommand(stream: string): HTMLElement {
  const command = element('code', {}, `npm run reconcile -- --stream ${stream}`);
  return element('p', { class: 'stream-note' }, command, ' names every offset.');
}
