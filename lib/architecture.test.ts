// Enforces the import ranks and other rules of the tree. Planted violations prove that the checks work.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';
import { ROUTE_WORDS } from '#lib/aliases/reserved/route-words.ts';
import { MODULE_STATE, RAW_SQL } from '#scripts/lint-selectors.ts';

const ROOT = join(import.meta.dirname, '..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

type Report = { summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number } };

function cruise(cwd: string, folders: string[]): Report['summary'] {
  const args = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json', ...folders];
  let output: string;
  try {
    output = execFileSync(process.execPath, [CRUISER, ...args], { cwd, encoding: 'utf8', maxBuffer: 64 << 20 });
  } catch (error) {
    // The exit code is the number of violations. The report is on standard output regardless.
    output = (error as { stdout: string }).stdout;
  }
  return (JSON.parse(output) as Report).summary;
}

/** Reading every file and its imports is slow on a busy machine. */
const CRUISE_TIMEOUT_MS = 180_000;

describe('imports', () => {
  test(
    'go down the ranks only',
    () => {
      const summary = cruise(ROOT, [
        'lib',
        'app',
        'components',
        'scripts',
        'prisma/seed',
        'server.ts',
        'page-server.ts',
      ]);
      expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
      expect(summary.totalCruised).toBeGreaterThan(100);
    },
    CRUISE_TIMEOUT_MS,
  );

  test('that violate a rule are reported', () => {
    const { violations } = cruise(join(ROOT, 'lib/testing/fixtures/planted-violations'), ['lib', 'components']);
    expect([...new Set(violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort()).toEqual([
      'changes-are-recorded-by-record-change: lib/publishers/records-by-itself.ts',
      'components-see-vocabulary-schemas-and-types: components/imports-a-use-case.ts',
      'lib-knows-no-framework: lib/search/imports-a-framework.ts',
      'no-cycles: lib/search/cycle-a.ts',
      'oci-and-schemas-run-in-a-browser: lib/oci/does-io.ts',
      'oci-imports-lower-ranks-only: lib/oci/imports-a-higher-rank.ts',
      'only-events-enqueue-what-follows-from-a-change: lib/publishers/records-by-itself.ts',
      'the-memory-store-is-for-tests: lib/blobs/imports-the-memory-store.ts',
    ]);
  });
});

describe('audit events, notifications and follow-up jobs', () => {
  const BY_HAND =
    /graphile_worker\.add_jobs?|\benqueue_job\(|INTO (?:audit_events|notifications)\b|\.(?:auditEvent|notification)\.create/;
  const HOMES = /^(?:events|platform\/(?:jobs|prisma)|testing)\/|\.test\.ts$/;

  test('are written only by lib/events', () => {
    const files = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !HOMES.test(file),
    );
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => BY_HAND.test(readFileSync(join(ROOT, 'lib', file), 'utf8')))).toEqual([]);
  });

  test('written elsewhere are detected', () => {
    expect('await tx.notification.create({ data })').toMatch(BY_HAND);
    expect('SELECT graphile_worker.add_job($1)').toMatch(BY_HAND);
    expect(HOMES.test('publishers/members/accept-invitation.ts')).toBe(false);
  });
});

describe('the linter', () => {
  function countErrors(code: string, selectors: string[]): number {
    const rules: Linter.RulesRecord = { 'no-restricted-syntax': ['error', ...selectors] };
    return new Linter().verify(code, [{ languageOptions: { parser: tseslint.parser }, rules }]).length;
  }

  test.each([
    'let count = 0;',
    'export let last: Date | null = null;',
    'const rows = new Map<string, number>();',
    'export const seen = new Set();',
    'const byPool = new WeakMap();',
    'const drawn = new LRUCache<string, string>({ max: 300 });',
    'const flights = new SingleFlight();',
    'const documents: Record<string, object> = {};',
    'export const waiting: string[] = [];',
  ])('refuses the state of a module: %s', (code) => {
    expect(countErrors(code, MODULE_STATE)).toBe(1);
  });

  test.each([
    'await tx.$queryRaw`${statement}`;',
    'const condition = Prisma.join(conditions);',
    'await app.pool.query(statement);',
    'await client.query({ name, text });',
    "const text = 'SELECT id FROM tags';",
    'const text = `\n  WITH RECURSIVE found AS (${inner}) ${outer}`;',
    "const text = 'UPDATE tags t SET name = $1';",
  ])('refuses SQL: %s', (code) => {
    expect(countErrors(code, RAW_SQL)).toBe(1);
  });

  test('takes ordinary reads and prose', () => {
    expect(countErrors("await db.tag.findMany({ where }); const hint = 'Select a tag';", RAW_SQL)).toBe(0);
  });

  test.each([
    "const CODES = new Set(['a']);",
    'const NAMES: ReadonlyMap<string, number> = new Map(ROWS.map((row) => [row.name, row.size]));',
    'const NONE: readonly string[] = [];',
    'const WORD = new RegExp(PATTERN);',
    "const dates = new Intl.DateTimeFormat('en');",
    'function open() { let count = 0; const rows = new Map(); return { count, rows }; }',
  ])('takes constants, and the state of a call: %s', (code) => {
    expect(countErrors(code, MODULE_STATE)).toBe(0);
  });
});

describe('alias names', () => {
  test('of all routes are reserved', () => {
    const routes = readdirSync(join(ROOT, 'app'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
      .map((entry) => entry.name);
    const files = readdirSync(join(ROOT, 'public'));
    expect(files.length).toBeGreaterThan(0);
    expect(ROUTE_WORDS).toEqual(expect.arrayContaining([...routes, ...files]));
  });
});

describe('the tree', () => {
  const TOP_FOLDERS = ['lib', 'app', 'components', 'e2e', 'scripts'];
  const MAX_FILES = 25;
  const NOT_WRITTEN_BY_HAND = /^lib\/platform\/prisma\/|\/screenshots\//;

  const files = TOP_FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  ).filter((file) => !NOT_WRITTEN_BY_HAND.test(file));

  test(`has no folder with more than ${MAX_FILES} files`, () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const large = [...counts].filter(([, count]) => count > MAX_FILES);
    expect(large).toEqual([]);
    expect(counts.size).toBeGreaterThan(100);
  });

  test('exports each name from one file only', () => {
    // Next and the worker threads require these names.
    const SHARED = ['GET', 'POST', 'dynamic', 'generateMetadata', 'metadata', 'run'];
    const EXPORT = /^export (?:async )?(?:function|const|class|type|interface) (\w+)/gm;
    const homes = new Map<string, string[]>();
    for (const file of files) {
      if (!/\.tsx?$/.test(file) || file.startsWith('lib/testing/fixtures/')) continue;
      const names = [...readFileSync(join(ROOT, file), 'utf8').matchAll(EXPORT)].map(([, name = '']) => name);
      for (const name of new Set(names)) homes.set(name, [...(homes.get(name) ?? []), file]);
    }
    const repeated = [...homes].filter(([name, at]) => at.length > 1 && !SHARED.includes(name));
    expect(repeated).toEqual([]);
    expect(homes.size).toBeGreaterThan(1_000);
  });
});
