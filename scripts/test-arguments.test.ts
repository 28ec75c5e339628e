import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { readTestArguments } from './test-arguments.ts';

/** Ends a script that would run tests. */
const TIMEOUT_MS = 25_000;

async function runScript(name: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], { timeout: TIMEOUT_MS });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { output, errors, code: child.exitCode };
}

describe('npm test', () => {
  test('runs everything by default', () => {
    expect(readTestArguments([])).toEqual({ kind: 'whole' });
    expect(readTestArguments(['--quick'])).toEqual({ kind: 'quick' });
  });

  test('runs files with the tool that knows them', () => {
    const paths = ['lib/oci/name.test.ts', 'e2e/ui/every-page.spec.ts', './e2e/start/start.spec.ts'];
    expect(readTestArguments(paths)).toEqual({
      kind: 'files',
      files: { unit: [paths[0]], browser: [paths[1]], clients: ['e2e/start/start.spec.ts'] },
    });
  });

  test.each([
    [['lib/no-such.test.ts'], /lib\/no-such\.test\.ts doesn't exist/],
    [['lib/app.ts'], /lib\/app\.ts isn't a test file/],
    [['../../etc/hostname'], /doesn't exist|isn't a test file/],
    [['--quick', 'lib/oci/name.test.ts'], /either --quick or files/],
    [['--watch'], /--watch/],
  ])('refuses %j', (args, sentence) => {
    expect(() => readTestArguments(args)).toThrow(sentence);
  });
});

test.each([
  ['test.ts', /^Usage: npm test -- \[FILE …\]/],
  ['test-soak.ts', /^Usage: npm run test:soak -- \[PART …\][^]*\n {2}hostile +\S/],
])('%s --help prints what can be passed, and runs nothing', async (name, usage) => {
  const { output, code } = await runScript(name, '--help');
  expect(output).toMatch(usage);
  expect(output).not.toContain('▸');
  expect(code).toBe(0);
});

test.each([
  ['test.ts', '--watch'],
  ['test-soak.ts', 'nonsense'],
])('%s refuses %s', async (name, argument) => {
  const { output, errors, code } = await runScript(name, argument);
  expect(errors).toContain(argument);
  expect(output).not.toContain('▸');
  expect(code).toBe(1);
});
