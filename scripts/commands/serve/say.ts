import { createLog, isTerminalOutput } from '#lib/platform/log.ts';
import type { Step } from '#lib/prepare-database.ts';

/** Tells the operator, whatever the log level. */
export type Say = (...lines: string[]) => void;

/**
 * Writes to a terminal, or as JSON lines like the log. There, the first line comes last, because scripts wait for it, and a space ends each
 * line, so that scripts that look for an address don't get the end of the JSON with it.
 */
export function createSay(): Say {
  const log = createLog('info');
  if (!isTerminalOutput()) {
    return (first = '', ...others) => [...others, first].forEach((line) => log.info(`${line.trim()} `));
  }
  return (...lines) => process.stdout.write(lines.length > 1 ? `\n${lines.join('\n')}\n\n` : `${lines.join('')}\n`);
}

/** Says how long each step took. */
export function sayStep(say: Say): Step {
  return async (name, work) => {
    const startedAt = Date.now();
    const result = await work();
    say(`✓ ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
    return result;
  };
}
