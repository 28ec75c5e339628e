// npm run docs: writes the tables of docs/settings.md, docs/commands.md and docs/metrics.md, and .env.example.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { envExample, fillTables } from './doc-tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const PRETTIER = {
  ...(JSON.parse(readFileSync(join(ROOT, '.prettierrc.json'), 'utf8')) as object),
  parser: 'markdown',
};

for (const file of ['docs/settings.md', 'docs/commands.md', 'docs/metrics.md']) {
  const path = join(ROOT, file);
  writeFileSync(path, await format(fillTables(readFileSync(path, 'utf8')), PRETTIER));
}
writeFileSync(join(ROOT, '.env.example'), envExample(readFileSync(join(ROOT, 'docs/settings.md'), 'utf8')));
