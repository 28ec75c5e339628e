// Renews the reference screenshots of e2e/ui/screenshots.spec.ts: npm run screenshots:renew.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'e2e/ui/screenshots');

const args = [
  'node_modules/@playwright/test/cli.js',
  'test',
  'screenshots',
  '--update-snapshots=all',
  '--reporter=list',
];
const { status } = spawnSync(process.execPath, args, {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, NODE_ENV: 'test' },
});
if (status !== 0) process.exit(status ?? 1);

// Pages have few colours, so a palette shrinks the files to a third without visible differences.
for (const name of readdirSync(FOLDER)) {
  const path = join(FOLDER, name);
  const small = await sharp(readFileSync(path)).png({ palette: true, colours: 256, dither: 0, effort: 10 }).toBuffer();
  if (small.length < statSync(path).size) writeFileSync(path, small);
}
