import { createLog, isTerminalOutput } from '#lib/platform/log.ts';

/** Tells the operator, whatever the log level. */
export type Say = (...lines: string[]) => void;

/** Writes to a terminal, or as JSON lines like the log. */
export function createSay(): Say {
  const log = createLog('info');
  if (!isTerminalOutput()) return (...lines) => lines.forEach((line) => log.info(line.trim()));
  return (...lines) => process.stdout.write(lines.length > 1 ? `\n${lines.join('\n')}\n\n` : `${lines.join('')}\n`);
}
