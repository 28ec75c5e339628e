import { readEnvironment, VARIABLES } from '#lib/config.ts';
import { describeSettings } from '#lib/platform/config/describe-settings.ts';
import { print, type Command } from '../command.ts';
import { describeUnknownName, listUnknownNames, readEnvFile } from './unknown-names.ts';

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
