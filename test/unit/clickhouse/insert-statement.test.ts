import { describe, expect, it } from '@jest/globals';
import { findInsertData, readFromFile } from '../../../localstack/clickhouse/insert-statement.ts';

function readData(sql: string): string | undefined {
  const head = Buffer.from(sql);
  const offset = findInsertData(head);
  return offset === undefined ? undefined : head.toString('utf8', offset);
}

describe('findInsertData', () => {
  it.each([
    ['behind the format and one line break', 'INSERT INTO t FORMAT CSV\n\n1', '\n1'],
    ['behind the format and blanks', 'insert into t format CSV  \t1,2', '1,2'],
    ['behind VALUES', 'INSERT INTO db.t (a, `b)`) VALUES (1, 2)', ' (1, 2)'],
    ['behind settings', "INSERT INTO t SETTINGS a = 'FORMAT x' FORMAT TSV\r\n1", '1'],
    ['behind comments that name a format', 'INSERT /* FORMAT CSV */ INTO t -- FORMAT CSV\n FORMAT TSV\n1', '1'],
    ['as bytes, not characters', 'INSERT INTO `größe` FORMAT CSV\nü', 'ü'],
    ['behind a query over input()', "INSERT INTO t SELECT * FROM input('a Int') FORMAT CSV\n1", '1'],
    ['and is empty when there is none', 'INSERT INTO t FORMAT CSV', ''],
  ])('finds data %s', (_, sql, data) => {
    expect(readData(sql)).toBe(data);
  });

  it.each([
    ['a query', 'SELECT 1 FORMAT CSV\n1'],
    ['an insert from a query', 'INSERT INTO t SELECT * FROM values(1) FORMAT CSV'],
    ['an insert from a file', "INSERT INTO t FROM INFILE 'x' FORMAT CSV"],
    ['a format within parentheses', 'INSERT INTO t (FORMAT, CSV)'],
    ['a statement behind another', 'INSERT INTO t SELECT 1; INSERT INTO t FORMAT CSV'],
    ['bytes', '\0\x01INSERT INTO t FORMAT CSV'],
  ])('finds none in %s', (_, sql) => {
    expect(readData(sql)).toBeUndefined();
  });
});

describe('readFromFile', () => {
  it.each([
    ['INSERT INTO t (a) FORMAT CSV', "INSERT INTO t (a) FROM INFILE '/p' COMPRESSION 'none' FORMAT CSV"],
    [
      'INSERT INTO t SETTINGS a = 1 FORMAT CSV',
      "INSERT INTO t FROM INFILE '/p' COMPRESSION 'none' SETTINGS a = 1 FORMAT CSV",
    ],
    [
      "INSERT INTO t SELECT a FROM input('a Int') WHERE a FORMAT CSV",
      "INSERT INTO t SELECT a FROM file('/p', 'CSV', 'a Int', 'none') WHERE a ",
    ],
  ])('points %p at the file', (canonical, expected) => {
    expect(readFromFile(canonical, "'/p'", "'none'")).toBe(expected);
  });
});
