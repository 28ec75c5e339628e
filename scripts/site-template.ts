// A data folder with a migrated database, which sites of tests copy: a start from it takes a third of the time.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');

export type SiteTemplate = {
  /** For the tests' processes: E2E_TEMPLATE_DIR. */
  env: Record<string, string>;
  remove: () => void;
};

export async function createSiteTemplate(): Promise<SiteTemplate> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-template-'));
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: folder, NODE_ENV: 'production' as const };
  await promisify(execFile)(process.execPath, ['scripts/vitrine.ts', 'migrate'], { cwd: ROOT, env });
  return {
    env: { E2E_TEMPLATE_DIR: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Fills an empty data folder, where a test run has a template. */
export function fillFromTemplate(dataDir: string): void {
  const template = process.env['E2E_TEMPLATE_DIR'];
  // cp keeps the owner of the cluster, which PostgreSQL insists on.
  if (template) execFileSync('cp', ['-a', `${template}/.`, dataDir]);
}
