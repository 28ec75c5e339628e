import { readFileSync } from 'node:fs';
import type { App } from '#lib/app.ts';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createLog } from '#lib/platform/log.ts';

export type OptionValues = Record<string, string | boolean | string[] | undefined> & { json: boolean };

export type Command = {
  summary: string;
  options: Record<string, { value: string; doc: string; isRequired?: boolean; multiple?: boolean }>;
  /** What follows the name, such as a folder. It is required. */
  argument?: { name: string; doc: string };
  /** Options without a value, with their documentation. */
  flags?: Record<string, string>;
  run: (values: OptionValues) => Promise<void>;
};

/** Opens the App for one command. An embedded database that no server is using stops with it. */
export async function withApp<Result>(work: (app: App) => Promise<Result>): Promise<Result> {
  const config = readConfig();
  const app = await createApp(config, createLog('warn', false));
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** @throws AppError `invalid_input` when the option is missing */
export function required(values: OptionValues, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AppError('invalid_input', `--${name} is required. --help lists the options.`);
}

/** Prints one line of JSON with --json, else the sentences. */
export function print(values: OptionValues, data: Record<string, unknown>, sentences: string[]): void {
  console.log(values.json ? JSON.stringify(data) : sentences.join('\n'));
}

/** Reads a file, or standard input for `-`. @throws AppError `invalid_input` */
export function readInputFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new AppError('invalid_input', `Can't read ${path}: ${(cause as Error).message}`, { cause });
  }
}

const PROGRESS_MS = 10_000;

/** Tells how far a long command is, on standard error and now and then. */
export function reportProgress<T>(describe: (progress: T) => string): (progress: T) => void {
  let dueMs = performance.now() + PROGRESS_MS;
  return (progress) => {
    if (performance.now() < dueMs) return;
    dueMs = performance.now() + PROGRESS_MS;
    process.stderr.write(`  ${describe(progress)}\n`);
  };
}
