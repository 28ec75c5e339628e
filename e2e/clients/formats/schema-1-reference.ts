// Distribution 2.8, the last registry that wrote schema 1, as a program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { buildGoProgram } from '../go-tools.ts';

export type Schema1Request =
  | { operation: 'sign'; manifest: object }
  | { operation: 'verify'; signed: Buffer }
  | { operation: 'build'; name: string; tag: string; config: Buffer; layers: string[] };

/** `signed` is the document with its signatures, and `digest` that of what they cover. */
export type Schema1Answer = { signed?: Buffer; digest?: string; problem?: string };

export const SCHEMA_1_REFERENCE = await buildGoProgram(join(import.meta.dirname, 'schema-1-reference'));

/** Answers all requests in order. */
export async function askReference(requests: Schema1Request[]): Promise<Schema1Answer[]> {
  const child = spawn(SCHEMA_1_REFERENCE.path ?? '', { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close') as Promise<[number | null]>;
  const toText = (_name: string, value: unknown) => {
    const bytes = value as { type?: string; data?: number[] } | null;
    return bytes?.type === 'Buffer' ? Buffer.from(bytes.data ?? []).toString('base64') : value;
  };
  child.stdin.end(requests.map((request) => JSON.stringify(request, toText)).join('\n'));
  const lines = (await text(child.stdout)).trim().split('\n');
  const [code] = await exited;
  if (code !== 0) throw new Error('the program for schema 1 failed');
  return lines.map((line) => {
    const { signed, ...rest } = JSON.parse(line) as { signed?: string; digest?: string; problem?: string };
    return { ...rest, ...(signed !== undefined && { signed: Buffer.from(signed, 'base64') }) };
  });
}
