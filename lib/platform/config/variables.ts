// Reads settings from environment variables. Each domain lists its own.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';

export type Environment = Record<string, string | undefined>;

/** A setting: its schema, its meaning and default for the docs. A secret can also come from the file named by its `_FILE` twin. */
export type VariableRow = { schema: z.ZodType; doc: string; fallback: string; isSecret?: true };

export type ValuesOf<Rows extends Record<string, VariableRow>> = {
  [Name in keyof Rows]: z.output<Rows[Name]['schema']>;
};

/** @throws AppError `invalid_input`, naming the variable */
export function readVariables<Rows extends Record<string, VariableRow>>(rows: Rows, env: Environment): ValuesOf<Rows> {
  const values = Object.entries(rows).map(([name, row]) => [name, readVariable(name, row, env)]);
  return Object.fromEntries(values) as ValuesOf<Rows>;
}

function readVariable(name: string, row: VariableRow, env: Environment): unknown {
  const result = row.schema.safeParse(rawValue(name, row, env));
  if (result.success) return result.data;
  throw new AppError('invalid_input', `${name} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
}

/** Treats an empty variable as unset, because compose files pass those. */
function rawValue(name: string, row: VariableRow, env: Environment): string | undefined {
  const file = row.isSecret && env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) throw new AppError('invalid_input', `${name} and ${name}_FILE are both set. Remove one.`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AppError('invalid_input', `${name}_FILE names ${file}, which can't be read.`, { cause });
  }
}
