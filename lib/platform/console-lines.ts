// Turns what Next and other packages print with `console` into lines of the log.
import { format } from 'node:util';
import type { Log } from './log.ts';

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;

type Console = Record<keyof typeof LEVELS, (...args: unknown[]) => void>;

/** Replaces the methods of `console`. The returned function restores them. */
export function logConsole(log: Log, target: Console = console): () => void {
  const original = { ...target };
  for (const [name, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, 'info'][]) {
    target[name] = (...args) => {
      const error = args.find((arg) => arg instanceof Error);
      const text = format(...args.filter((arg) => arg !== error)).trim();
      log[level]({ source: 'console', ...(error && { err: error }) }, text || (error?.message ?? ''));
    };
  }
  return () => void Object.assign(target, original);
}
