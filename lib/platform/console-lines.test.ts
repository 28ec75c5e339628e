import { expect, test } from 'vitest';
import { logConsole } from './console-lines.ts';
import type { Log } from './log.ts';

test('turns what packages print into lines of the log', () => {
  const lines: unknown[] = [];
  const line = (level: string) => (fields: object, text: string) => lines.push({ level, text, ...fields });
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') } as unknown as Log;
  const printed: unknown[] = [];
  const print = (...args: unknown[]) => void printed.push(args);
  const target = { debug: print, log: print, info: print, warn: print, error: print };
  const restore = logConsole(log, target);
  target.log('%d of %s', 3, 'four');
  const error = new Error('broke');
  target.error(' ⨯', error);
  restore();
  target.warn('back');
  expect(lines).toEqual([
    { level: 'info', text: '3 of four', source: 'console' },
    { level: 'error', text: '⨯', source: 'console', err: error },
  ]);
  expect(printed).toEqual([['back']]);
});
