// The operator's command line, npm run vitrine -- COMMAND. It also works beside a running server.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '#lib/platform/errors.ts';
import { createLog, isTerminalOutput } from '#lib/platform/log.ts';
import { operatorSentence } from './operator-error.ts';
import type { Command } from './commands/command.ts';
import { serveCommand } from './commands/serve/serve.ts';

async function main(args: string[]): Promise<void> {
  // Loads no other command, because the supervisor of several processes needs none of their modules.
  if (args[0] === 'serve') return runCommand(serveCommand, 'serve', args);
  const { COMMANDS } = await import('./commands/commands.ts');
  const words = args.slice(0, 2).filter((arg) => !arg.startsWith('-'));
  const name = [words.join(' '), words[0] ?? ''].find((candidate) => candidate in COMMANDS);
  const command = name === undefined ? undefined : COMMANDS[name];
  if (!command || name === undefined) {
    console.log(overview(COMMANDS));
    if (words.length > 0) throw new AppError('invalid_input', `Unknown command "${words.join(' ')}".`);
    return;
  }
  await runCommand(command, name, args);
}

async function runCommand(command: Command, name: string, args: string[]): Promise<void> {
  const values = parseOptions(command, name, args.slice(name.split(' ').length));
  if (values.help) console.log(describe(name, command));
  else await command.run({ ...values, json: values.json === true });
}

function parseOptions(
  command: Command,
  name: string,
  args: string[],
): Record<string, string | boolean | string[] | undefined> {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' }, json: { type: 'boolean' } };
  for (const [option, { multiple }] of Object.entries(command.options))
    options[option] = { type: 'string', multiple: multiple ?? false };
  for (const flag of Object.keys(command.flags ?? {})) options[flag] = { type: 'boolean' };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: command.argument !== undefined });
    if (positionals.length > 1) throw new Error(`Unexpected argument "${positionals[1]}".`);
    const [argument] = positionals;
    const given = values as Record<string, string | boolean | string[]>;
    return command.argument && argument !== undefined ? { ...given, [command.argument.name]: argument } : given;
  } catch (cause) {
    throw new AppError('invalid_input', `${(cause as Error).message}\n\n${describe(name, command)}`, { cause });
  }
}

function overview(commands: Record<string, Command>): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`);
  return ['Usage: npm run vitrine -- COMMAND [--help] [--json]', '', ...rows].join('\n');
}

function describe(name: string, command: Command): string {
  const rows = Object.entries(command.options).map(
    ([option, { value, doc, isRequired }]) =>
      `  ${`--${option} ${value}`.padEnd(28)} ${doc}${isRequired ? ' (required)' : ''}`,
  );
  for (const [flag, doc] of Object.entries(command.flags ?? {})) rows.push(`  ${`--${flag}`.padEnd(28)} ${doc}`);
  if (command.argument) rows.unshift(`  ${command.argument.name.padEnd(28)} ${command.argument.doc} (required)`);
  return [
    `Usage: npm run vitrine -- ${name}${command.argument ? ` ${command.argument.name}` : ''} [options]`,
    '',
    command.summary,
    ...(rows.length ? ['', ...rows] : []),
  ].join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const sentence = operatorSentence(error);
  if (process.argv[2] === 'serve' && !isTerminalOutput())
    createLog('fatal').fatal({ err: sentence === null ? error : undefined }, sentence ?? 'startup failed');
  else console.error(sentence === null ? error : `\n${sentence}`);
  process.exit(1);
});
