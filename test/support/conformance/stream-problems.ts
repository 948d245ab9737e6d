import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { QualityCheck } from '@tidemark/domains/quality';
import { POSITION_COLUMNS, type Stream } from '@tidemark/domains/stream';
import { z } from 'zod';
import { defineEventsTable } from '../../../functions/batch/compact/lake-definitions.ts';

/** What a descriptor says wrongly of itself, of its lake table, its views and its checks. */
export function findStreamProblems({ stream, views, checks }: StreamDeclaration): string[] {
  return [
    ...(stream.topic === '' ? [`${stream.name}: the descriptor names no topic.`] : []),
    ...findLakeProblems(stream),
    ...findEventSchemaProblems(stream),
    ...['historical', 'unified'].flatMap((kind) =>
      views.some(({ name }) => name === `${stream.name}_${kind}`)
        ? []
        : [`${stream.name}: the view ${stream.name}_${kind} is not declared in domain.ts.`],
    ),
    ...views.flatMap(({ name, view }) => findViewProblems(`${stream.database}.${name}`, view)),
    ...checks.flatMap((check) => findCheckProblems(stream, check)),
  ];
}

/** What every published view has: its name, the refusal of old snapshots, the snapshot that it shows. */
export function findViewProblems(name: string, view: string): string[] {
  const parts = {
    'is pinned by no "CREATE OR REPLACE VIEW" of this name': `CREATE OR REPLACE VIEW ${name} `,
    'does not refuse snapshots below the floor: it lacks {{is_readable}}': '{{is_readable}}',
    'does not say which snapshot it shows: it lacks the column _snapshot': 'AS `_snapshot`',
  };
  return Object.entries(parts).flatMap(([lack, text]) => (view.includes(text) ? [] : [`${name}: the view ${lack}.`]));
}

function findLakeProblems(stream: Stream): string[] {
  const { columns } = defineEventsTable(stream);
  const ids = columns.map(({ fieldId }) => fieldId);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  const last = columns.slice(-POSITION_COLUMNS.length);
  const time = columns.find(({ name }) => name === stream.eventTimeField);
  return [
    ...repeated.map((id) => `${stream.name}: field id ${id} stands twice among the columns.`),
    ...(POSITION_COLUMNS.every((column, index) => last[index] === column)
      ? []
      : [`${stream.name}: the columns do not end with POSITION_COLUMNS.`]),
    ...(time?.type === 'timestamptz'
      ? []
      : [
          `${stream.name}: the event time ${stream.eventTimeField} is no timestamptz column, by whose day the lake lies.`,
        ]),
  ];
}

/** ajv judges the JSON schema alone: what has no place in it would not be judged. */
function findEventSchemaProblems({ name, schema }: Stream): string[] {
  const fields = Object.entries((schema as z.ZodObject<Record<string, z.ZodType>>).shape);
  return fields.flatMap(([field, type]) => {
    if ((type.def.checks ?? []).some((check) => check._zod.def.check === 'custom')) {
      return [`${name}: field ${field} of the event schema has a refine, which the judge cannot see.`];
    }
    try {
      z.toJSONSchema(type, { io: 'output' });
      return [];
    } catch {
      return [`${name}: field ${field} of the event schema has a transform, which the judge cannot see.`];
    }
  });
}

function findCheckProblems({ name, columns }: Stream, check: QualityCheck): string[] {
  if (!('column' in check) || columns.some((column) => column.name === check.column)) return [];
  return [`${name}: the check ${check.name} asks for the column ${check.column}, which the stream does not have.`];
}
