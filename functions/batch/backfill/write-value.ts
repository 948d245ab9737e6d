import { isUtf8 } from 'node:buffer';
import { formatDateTimeUtc } from '@tidemark/domains/calendar';
import type { Stream } from '@tidemark/domains/stream';
import { z } from 'zod';

/** From a file's column names to the event's field names; columns that it does not name keep theirs. */
export type Mapping = Readonly<Record<string, string>>;

/** The field that a file's column becomes. */
export function fieldOf(mapping: Mapping, column: string): string {
  return Object.hasOwn(mapping, column) ? (mapping[column] ?? column) : column;
}

export interface ValueWriter {
  /** Of a table's row: text becomes a number where the schema wants one, and an empty or null field is left out. */
  fromFields(fields: Readonly<Record<string, unknown>>): Buffer;
  /** Of a line of JSON: the bytes as they are, unless a field is to be renamed. */
  fromLine(line: Buffer): Buffer;
}

/** As JSON writes numbers: such text is copied, so that no digit is lost before it is judged. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Makes the writer of a stream's events. It never refuses: what does not fit the schema is written as it is, becomes a
 * dead letter of the stream like any other, and can be mended there.
 */
export function createValueWriter(stream: Stream, mapping: Mapping): ValueWriter {
  const schema = z.toJSONSchema(stream.schema, { io: 'input' });
  const properties = (schema.properties ?? {}) as Record<string, { type?: string; pattern?: string }>;
  const isRenaming = Object.keys(mapping).length > 0;

  function writeField(name: string, value: unknown): string | undefined {
    if (value === null || value === undefined || value === '') return undefined;
    const { type, pattern } = properties[name] ?? {};
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Date) return JSON.stringify(writeMoment(value, pattern));
    if (typeof value === 'string' && (type === 'integer' || type === 'number')) {
      const text = value.trim();
      if (NUMBER.test(text)) return text;
    }
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
  }

  return {
    fromFields(fields) {
      const members = Object.entries(fields).flatMap(([column, value]) => {
        const name = fieldOf(mapping, column);
        const text = writeField(name, value);
        return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
      });
      return Buffer.from(`{${members.join(',')}}`);
    },
    fromLine: (line) => (isRenaming ? renameMembers(line, mapping) : line),
  };
}

/** A moment as the field's schema wants it: "YYYY-MM-DD HH:MM:SS" where only that fits, else ISO 8601. */
function writeMoment(moment: Date, pattern: string | undefined): string {
  const iso = moment.toISOString();
  const short = formatDateTimeUtc(moment.getTime());
  if (pattern === undefined) return iso;
  const wanted = new RegExp(pattern);
  return wanted.test(iso) || !wanted.test(short) ? iso : short;
}

/** Only the names change: numbers and everything else keep the text that they have. */
function renameMembers(line: Buffer, mapping: Mapping): Buffer {
  // Decoding would put U+FFFD in the place of what is no text, and the judge would not know.
  if (!isUtf8(line)) return line;
  const text = line.toString('utf8');
  let depth = 0;
  const renamed = text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{}]/g, (token, colon: string | undefined) => {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (colon === undefined || depth !== 1) return token;
    const name = token.slice(1, token.lastIndexOf('"'));
    return Object.hasOwn(mapping, name) ? `${JSON.stringify(fieldOf(mapping, name))}${colon}` : token;
  });
  return renamed === text ? line : Buffer.from(renamed);
}
