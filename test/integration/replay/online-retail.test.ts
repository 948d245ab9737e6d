import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { RetailEvent } from '@tidemark/domains/retail_events/event';
import { onlineRetail } from '../../../localstack/replay/online-retail/dataset.ts';
import { ROW_COUNT } from '../../../localstack/replay/online-retail/read-rows.ts';

const ROOT = new URL('../../../', import.meta.url);
const PACKED = new URL('localstack/replay/online-retail/online_retail.csv.br', ROOT);
const README = new URL('localstack/replay/online-retail/README.md', ROOT);
const EXPECTED = fileURLToPath(new URL('test/support/expected-online-retail.py', ROOT));

function computeExpected(...args: string[]) {
  return JSON.parse(execFileSync('python3', [EXPECTED, ...args], { encoding: 'utf8', maxBuffer: 8_000_000 }));
}

/** Ten-thousandths of a unit: the file's prices have three decimals at most, so this is exact. */
function amountOf({ quantity, unit_price }: RetailEvent): bigint {
  return BigInt(quantity) * BigInt(Math.round(unit_price * 10_000));
}

describe('the copy of Online Retail', () => {
  it('is the file that its README names by hash', () => {
    const hash = createHash('sha256')
      .update(brotliDecompressSync(readFileSync(PACKED)))
      .digest('hex');

    expect(readFileSync(README, 'utf8')).toContain(hash);
  });

  it('has the totals that the data set is known by', () => {
    const { source, stored, rejected } = computeExpected();

    expect(source).toEqual({ rows: ROW_COUNT, sum_quantity: 5_176_450, sum_amount: '9747747.9340' });
    expect({ stored, rejected }).toEqual({ stored: ROW_COUNT - 2, rejected: { out_of_range: 2 } });
  });

  it('becomes the events that the independent script expects', async () => {
    const limit = 20_000;
    const { messages, summarize } = onlineRetail.open();
    const totals: Record<string, { count: number; quantity: number; amount: bigint }> = {};
    for (let rows = 0; rows < limit; rows++) {
      const next = await messages.next();
      const event: RetailEvent = JSON.parse(next.value.value.toString());
      const { count, quantity, amount } = totals[event.transaction_type] ?? { count: 0, quantity: 0, amount: 0n };
      totals[event.transaction_type] = {
        count: count + 1,
        quantity: quantity + event.quantity,
        amount: amount + amountOf(event),
      };
    }
    await messages.return?.();

    const expected = computeExpected('--limit', String(limit)).by_transaction_type;
    for (const [type, { count, quantity, amount }] of Object.entries(totals)) {
      expect({ type, count, quantity, amount: String(amount) }).toEqual({
        type,
        count: expected[type].transaction_count,
        quantity: expected[type].total_quantity,
        amount: expected[type].total_revenue.replace('.', ''),
      });
    }
    expect(Object.keys(totals).sort()).toEqual(Object.keys(expected));
    expect(summarize()).toEqual(['transactions: 19,691 SALE, 309 RETURN', 'dead letters to expect: none']);
  });
});
