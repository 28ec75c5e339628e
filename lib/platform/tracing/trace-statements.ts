import type pg from 'pg';
import { wrapQueries } from '#lib/platform/pg/driver-internals.ts';
import type { Tracing } from './tracing.ts';

const MAX_TEXT_LENGTH = 2_000;

/** Traces the statements of all connections of `pool`: their texts without values. */
export function traceStatements(pool: pg.Pool, tracing: Tracing): void {
  wrapQueries(pool, (statement) => {
    const text = textOf(statement);
    const operation = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'STATEMENT';
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': withoutValues(text).slice(0, MAX_TEXT_LENGTH),
    };
    return tracing.begin(operation, { kind: 'client', attributes });
  });
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown = typeof statement === 'object' && statement && 'text' in statement ? statement.text : '';
  return typeof text === 'string' ? text : '';
}

/** Values are parameters. Literals are part of the code, except for the payloads of NOTIFY, so none is shown. */
export function withoutValues(text: string): string {
  return text
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
