import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pinLakeTable, publishGold, publishView } from '../../../layers/platform/publication.ts';
import { renderTemplate } from '../../../layers/platform/render-template.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

describe('a template', () => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/);

  it('keeps its text and takes the values as they are, whatever they hold', () => {
    const parts = fc.array(
      fc.tuple(
        fc.string().filter((text) => !/[{}]/.test(text)),
        name,
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(parts, (list) => {
        const values = Object.fromEntries(list.map(([, key, value]) => [key, value]));
        const template = list.map(([text, key]) => `${text}{{${key}}}`).join('');

        const rendered = renderTemplate(template, values);

        expect(rendered).toBe(list.map(([text, key]) => `${text}${values[key]}`).join(''));
      }),
    );
  });

  it('names a placeholder without a value', () => {
    expect(() => renderTemplate('SELECT {{columns}}', {})).toThrow('no value for the placeholder {{columns}}');
  });
});

describe('publishing', () => {
  const stream = { name: 's', database: 'db', hotTable: 'hot', columns: [{ name: 'n' }] };
  const pin = { stream, snapshot: 7, tidemark: new Map([[0, 12]]), lakeTable: 'lake.s_v7_abc' };

  it('changes file set, tidemark and floor check in one statement', async () => {
    const clickhouse = createRecordingClickHouse();

    await publishView(clickhouse, '{{snapshot}} {{lake_table}} | {{hot_events}} | {{is_readable}}', pin);

    expect(clickhouse.commands).toHaveLength(1);
    const [tables, tail, floor] = clickhouse.commands[0]?.split(' | ') ?? [];
    expect(tables).toBe('7 lake.s_v7_abc');
    expect(tail).toContain('FROM db.hot FINAL\nWHERE ((_partition = 0 AND _offset >= 12) OR _partition NOT IN (0))');
    expect(floor).toContain('throwIf(max(floor) > 7,');
  });

  it('gives gold its named segments, and the hot tail from the same tidemark', async () => {
    const clickhouse = createRecordingClickHouse();
    const gold = { contribution: 'FROM {{events}} WHERE {{range}}', view: '{{segments}} | {{hot_contribution}}' };

    await publishGold(clickhouse, gold, pin, ['a', 'b']);
    await publishGold(clickhouse, gold, { ...pin, tidemark: new Map() }, []);

    const [first, second] = clickhouse.commands;
    expect(first).toMatch(
      /^toUUID\('a'\), toUUID\('b'\) \| FROM \([\s\S]*FROM db.hot FINAL[\s\S]*_offset >= 12[\s\S]*\) WHERE true$/,
    );
    expect(second).toMatch(/^NULL \| FROM \([\s\S]*FROM db.hot FINAL\nWHERE true\n\) WHERE true$/);
  });

  it('pins a version by its metadata file, under a name that no other lake can have', async () => {
    const clickhouse = createRecordingClickHouse();
    const location = 'retail/events-0000aaaa/';

    const name = await pinLakeTable(clickhouse, 'events', {
      version: 7,
      location,
      metadataKey: `${location}metadata/v7.metadata.json`,
    });

    expect(name).toBe('lake.events_v7_0000aaaa');
    expect(clickhouse.commands[0]).toContain("iceberg_metadata_file_path = 'metadata/v7.metadata.json'");
  });
});
