import { isUtf8 } from 'node:buffer';
import { findImpreciseNumber } from '@tidemark/domains/number-precision';
import { z } from 'zod';

/** What is changed in a dead letter before it is judged again: a list of operations on the fields of its object. */

const field = z.string().min(1).max(256);

const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('set'), field, value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
  z.strictObject({ op: z.literal('default'), field, value: z.union([z.string(), z.number(), z.boolean()]) }),
  z.strictObject({ op: z.literal('rename'), field, to: field }),
  z.strictObject({ op: z.literal('remove'), field }),
  z.strictObject({ op: z.literal('convert'), field, to: z.enum(['number', 'string', 'trimmed', 'lower', 'upper']) }),
]);

export const transformSchema = z
  .array(operationSchema)
  .min(1)
  .max(50)
  .meta({
    description:
      'Operations in order: set, default (where absent), rename, remove, convert (number, string, trimmed, lower, upper)',
    example: [{ op: 'convert', field: 'store_id', to: 'number' }],
  });

export type Transform = z.infer<typeof transformSchema>;

/**
 * Applies the operations to a JSON object. Anything else comes back as it is, and so does an object with a number that
 * reading would round, or with bytes that are no UTF-8: nothing is changed that nobody asked for.
 */
export function applyTransform(value: Buffer | null, transform: Transform | undefined): Buffer | null {
  if (value === null || transform === undefined || !isUtf8(value)) return value;
  const text = value.toString('utf8');
  const parsed = parseObject(text);
  if (parsed === undefined || findImpreciseNumber(text) !== undefined) return value;
  // Without a prototype, so that a field named __proto__ is a field.
  const fields: Fields = Object.assign(Object.create(null), parsed);
  for (const operation of transform) applyOperation(fields, operation);
  return Buffer.from(JSON.stringify(fields));
}

type Fields = Record<string, unknown>;

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function applyOperation(fields: Fields, operation: Transform[number]): void {
  const isThere = Object.hasOwn(fields, operation.field);
  if (operation.op === 'set' || (operation.op === 'default' && !isThere)) fields[operation.field] = operation.value;
  if (!isThere) return;
  if (operation.op === 'convert') fields[operation.field] = convert(fields[operation.field], operation.to);
  if (operation.op === 'rename' && operation.to !== operation.field) fields[operation.to] = fields[operation.field];
  if (operation.op === 'remove' || (operation.op === 'rename' && operation.to !== operation.field)) {
    delete fields[operation.field];
  }
}

/** A value that has no such form stays, and the judge says what is wrong with it. */
function convert(value: unknown, to: 'number' | 'string' | 'trimmed' | 'lower' | 'upper'): unknown {
  if (to === 'number') return typeof value === 'string' && isExactNumber(value) ? Number(value) : value;
  if (to === 'string') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof value !== 'string') return value;
  if (to === 'trimmed') return value.trim();
  return to === 'lower' ? value.toLowerCase() : value.toUpperCase();
}

function isExactNumber(text: string): boolean {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text) && findImpreciseNumber(text.trim()) === undefined;
}
