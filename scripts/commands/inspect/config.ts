import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readEnvironment, VARIABLES } from '#lib/config.ts';
import { describeSettings, findUnknownNames, type UnknownName } from '#lib/platform/config/describe-settings.ts';
import { editDistance } from '#lib/search/query/edit-distance.ts';
import { print, type Command } from '../command.ts';

/** Like `npm start`, which reads it before this program runs. */
const ENV_FILE = '.env';

export const configCommand: Command = {
  summary: 'Show the settings in force and where they come from. Exit code 2: a value is refused',
  options: {},
  flags: { set: 'Only settings that differ from their default' },
  run: (values) => {
    const env = readEnvironment();
    const all = describeSettings(VARIABLES, env, readEnvFile());
    const settings = values.set ? all.filter(({ origin }) => origin !== 'default') : all;
    const unknown = listUnknownNames();
    const width = Math.max(...settings.map(({ name }) => name.length), 0);
    print(values, { settings, unknown }, [
      ...settings.map(({ name, value, origin }) => `${name.padEnd(width)}  ${value}  (${origin})`),
      ...settings.flatMap(({ problem }) => (problem === null ? [] : [`Refused: ${problem}`])),
      ...unknown.map((one) => `Warning: ${describeUnknownName(one)}`),
    ]);
    if (all.some(({ problem }) => problem !== null)) process.exitCode = 2;
    return Promise.resolve();
  },
};

export function listUnknownNames(): UnknownName[] {
  return findUnknownNames(VARIABLES, readEnvironment(), { file: readEnvFile(), distance: editDistance });
}

export function describeUnknownName({ name, meant }: UnknownName): string {
  const question = meant === null ? 'It has no effect.' : `Did you mean ${meant}?`;
  return `${name} is not a setting. ${question}`;
}

function readEnvFile(): Record<string, string | undefined> {
  return existsSync(ENV_FILE) ? parseEnv(readFileSync(ENV_FILE, 'utf8')) : {};
}
