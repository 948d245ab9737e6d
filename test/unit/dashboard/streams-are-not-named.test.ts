import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { domains, streams } from '@tidemark/domains/index';

const DASHBOARD = join(process.cwd(), 'functions/serving/dashboard');

describe('the dashboard', () => {
  it('names a domain, stream, topic or table in no file but the page and the model of that domain', () => {
    const names = [
      ...domains.map(({ name }) => name),
      ...streams.flatMap(({ name, topic, hotTable }) => [name, topic, hotTable]),
    ];
    const files = readdirSync(DASHBOARD, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));

    const naming = files.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return names.some((name) => text.includes(name));
    });

    expect(naming.map((file) => relative(DASHBOARD, file)).sort()).toEqual([
      'browser/pages/real-time-sales.ts',
      'browser/pages/user-activity.ts',
      'model/activity.ts',
      'model/sales.ts',
    ]);
  });
});
