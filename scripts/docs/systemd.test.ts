// systemd accepts deploy/systemd/vitrine.service, and finds it confined.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVER_FLAGS } from '../server-flags.mjs';
import { findProgram } from '../../e2e/find-program.ts';

const ROOT = join(import.meta.dirname, '../..');
const UNIT = readFileSync(join(ROOT, 'deploy/systemd/vitrine.service'), 'utf8');
/** Of 10, which is none. */
const MAX_EXPOSURE = 2.5;

const analyze = findProgram('systemd-analyze');
const title = `the unit of systemd${analyze ? '' : ' (skipped: systemd-analyze is not installed)'}`;

describe.skipIf(!analyze)(title, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-unit-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Resolves to what systemd-analyze says. It looks for the program, so the unit gets the folder of this one. */
  async function run(unit: string, ...args: string[]): Promise<string> {
    const path = join(folder, 'vitrine.service');
    writeFileSync(path, unit.replaceAll('/opt/vitrine', ROOT));
    const { stdout, stderr } = await promisify(execFile)(analyze ?? '', [...args, path]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    return stdout + stderr;
  }

  test('has no mistake', async () => {
    // It exits with 0 for wrong values, so only silence counts.
    expect(await run(UNIT, 'verify', '--man=no')).toBe('');
    expect(await run(UNIT.replace('KillMode=mixed', 'KillMode=wrong'), 'verify', '--man=no')).toMatch(/kill mode/);
  });

  test('serves low ports with the drop-in of the guide', async () => {
    const guide = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');
    const [, dropIn = ''] = /^```ini\n([^]*?)^```$/m.exec(guide) ?? [];
    // A later section adds to an earlier one, as a drop-in does.
    const unit = `${UNIT}\n${dropIn}`;
    expect(await run(unit, 'verify', '--man=no')).toBe('');
    const report = await run(unit, 'security', '--offline=true', '--no-pager');
    expect(report).toMatch(/✗ AmbientCapabilities=/);
    expect(report).toMatch(/✓ CapabilityBoundingSet=~CAP_NET_ADMIN/);
    const [, exposure] = /Overall exposure level for .*: ([\d.]+)/.exec(report) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(MAX_EXPOSURE);
  });

  test('is confined', async () => {
    const [, exposure] =
      /Overall exposure level for .*: ([\d.]+)/.exec(await run(UNIT, 'security', '--offline=true')) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(MAX_EXPOSURE);
  });
});

test('starts the server as npm start does', () => {
  expect(UNIT).toContain(`node ${SERVER_FLAGS.join(' ')} scripts/vitrine.ts serve\n`);
});
