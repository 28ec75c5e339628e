// Reads the API models that botocore brings along, where a Python has it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const member = z.object({ shape: z.string() });
const modelShape = z.object({
  type: z.string(),
  members: z.record(z.string(), member).optional(),
  required: z.array(z.string()).optional(),
  member: member.optional(),
  key: member.optional(),
  value: member.optional(),
  enum: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
});
const operation = z.object({
  input: member.optional(),
  output: member.optional(),
  errors: z.array(member).default([]),
});
const modelSchema = z.object({
  operations: z.record(z.string(), operation),
  shapes: z.record(z.string(), modelShape),
});

export type BotocoreModel = z.output<typeof modelSchema>;
export type BotocoreShape = z.output<typeof modelShape>;

/** Returns botocore's folder of models. Null: no Python on the PATH has botocore. */
export function findBotocoreModels(): string | null {
  try {
    const script = 'import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), "data"))';
    const folder = execFileSync('python3', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return existsSync(folder.trim()) ? folder.trim() : null;
  } catch {
    return null;
  }
}

/** @param path such as `ecr/2015-09-21` */
export function readBotocoreModel(folder: string, path: string): BotocoreModel {
  const file = join(folder, path, 'service-2.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : gunzipSync(readFileSync(`${file}.gz`)).toString('utf8');
  return modelSchema.parse(JSON.parse(text));
}
