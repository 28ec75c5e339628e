// What can be passed to npm test.
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

export const TEST_USAGE = `Usage: npm test -- [FILE …]

Runs everything, or only the given test files:
  npm test -- lib/oci/digest.test.ts
  npm test -- e2e/ui/gallery/home.spec.ts e2e/ui/gallery/tags.spec.ts

Options:
  --quick   run only what needs no database, as npm run check does
  --help    show this text

npm run test:soak -- --help lists the long tests.`;

/** Paths from the project's folder, by the tool that runs them. */
export type TestFiles = { unit: string[]; clients: string[]; browser: string[] };

export type TestRun = { kind: 'help' | 'quick' | 'whole' } | { kind: 'files'; files: TestFiles };

/** @throws Error with a sentence about the argument that can't be used */
export function readTestArguments(args: string[]): TestRun {
  const options = { quick: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) return { kind: 'help' };
  if (positionals.length === 0) return { kind: values.quick ? 'quick' : 'whole' };
  if (values.quick) throw new Error('Pass either --quick or files.');
  const files: TestFiles = { unit: [], clients: [], browser: [] };
  for (const given of positionals) {
    const path = relative(ROOT, resolve(given));
    files[toolOf(path, given)].push(path);
  }
  return { kind: 'files', files };
}

function toolOf(path: string, given: string): keyof TestFiles {
  if (!existsSync(join(ROOT, path))) throw new Error(`${given} doesn't exist.`);
  if (/^e2e\/ui\/.*\.spec\.ts$/.test(path)) return 'browser';
  if (/^e2e\/.*\.spec\.ts$/.test(path)) return 'clients';
  if (/^(?:lib|scripts|app|components)\/.*\.test\.tsx?$/.test(path)) return 'unit';
  throw new Error(`${given} isn't a test file.`);
}
