// The import ranks are a test: what points upward fails here, and the planted violations prove that it would.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROUTE_WORDS } from '#lib/aliases/reserved/route-words.ts';

const ROOT = join(import.meta.dirname, '..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

type Report = { summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number } };

function cruise(cwd: string, folders: string[]): Report['summary'] {
  const args = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json', ...folders];
  let output: string;
  try {
    output = execFileSync(process.execPath, [CRUISER, ...args], { cwd, encoding: 'utf8', maxBuffer: 64 << 20 });
  } catch (error) {
    // Violations make it exit with their number; the report is on standard output all the same.
    output = (error as { stdout: string }).stdout;
  }
  return (JSON.parse(output) as Report).summary;
}

describe('imports', () => {
  test('go down the ranks only', () => {
    const summary = cruise(ROOT, ['lib', 'app', 'components', 'scripts', 'prisma/seed', 'server.ts']);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(100);
  });

  test('that do not are reported', () => {
    const { violations } = cruise(join(ROOT, 'lib/testing/fixtures/planted-violations'), ['lib', 'components']);
    expect([...new Set(violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort()).toEqual([
      'changes-are-recorded-by-record-change: lib/publishers/records-by-itself.ts',
      'components-see-vocabulary-schemas-and-types: components/imports-a-use-case.ts',
      'lib-knows-no-framework: lib/search/imports-a-framework.ts',
      'no-cycles: lib/search/cycle-a.ts',
      'oci-and-schemas-run-in-a-browser: lib/oci/does-io.ts',
      'oci-imports-lower-ranks-only: lib/oci/imports-a-higher-rank.ts',
      'only-events-enqueue-what-follows-from-a-change: lib/publishers/records-by-itself.ts',
    ]);
  });
});

describe('rows of the audit, notifications and jobs', () => {
  const BY_HAND =
    /graphile_worker\.add_jobs?|INTO (?:audit_events|notifications)\b|\.(?:auditEvent|notification)\.create/;
  const HOMES = /^(?:events|platform\/(?:jobs|prisma)|testing)\/|\.test\.ts$/;

  test('are written by lib/events alone', () => {
    const files = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !HOMES.test(file),
    );
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => BY_HAND.test(readFileSync(join(ROOT, 'lib', file), 'utf8')))).toEqual([]);
  });

  test('that are written by hand are noticed', () => {
    expect('await tx.notification.create({ data })').toMatch(BY_HAND);
    expect('SELECT graphile_worker.add_job($1)').toMatch(BY_HAND);
    expect(HOMES.test('publishers/members/accept-invitation.ts')).toBe(false);
  });
});

describe('names', () => {
  test('every address of the site is kept from being an alias', () => {
    const routes = readdirSync(join(ROOT, 'app'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
      .map((entry) => entry.name);
    expect(ROUTE_WORDS).toEqual(expect.arrayContaining(routes));
  });
});
