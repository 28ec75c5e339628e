import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';

/** Resolves to what a supervisor of two servers and they print. */
async function supervise(behaviour: 'fails' | 'dies' | 'slow'): Promise<string[]> {
  const script = join(import.meta.dirname, '../../testing/servers/supervised-site.ts');
  const child = spawn(process.execPath, [script, behaviour], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return (await text(child.stdout)).trim().split('\n').sort();
}

test('a start that fails ends all processes first', { timeout: 20_000 }, async () => {
  expect(await supervise('fails')).toEqual(['failed with 0 running']);
});

test('gives up only when all processes have ended', { timeout: 60_000 }, async () => {
  expect(await supervise('dies')).toEqual(['lost with 0 running', 'server 1 stops']);
});

test('a process that is told to stop while it starts stops once it has', { timeout: 20_000 }, async () => {
  expect(await supervise('slow')).toEqual(['server 1 stops', 'server 2 stops', 'stopped with 0 running']);
});
