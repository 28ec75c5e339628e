import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readEnvironment, VARIABLES } from '#lib/config.ts';
import { findUnknownNames, type UnknownName } from '#lib/platform/config/describe-settings.ts';
import { editDistance } from '#lib/search/query/edit-distance.ts';

/** Like `npm start`, which reads it before this program runs. */
const ENV_FILE = '.env';

export function listUnknownNames(): UnknownName[] {
  return findUnknownNames(VARIABLES, readEnvironment(), { file: readEnvFile(), distance: editDistance });
}

export function describeUnknownName({ name, meant }: UnknownName): string {
  const question = meant === null ? 'It has no effect.' : `Did you mean ${meant}?`;
  return `${name} is not a setting. ${question}`;
}

export function readEnvFile(): Record<string, string | undefined> {
  return existsSync(ENV_FILE) ? parseEnv(readFileSync(ENV_FILE, 'utf8')) : {};
}
