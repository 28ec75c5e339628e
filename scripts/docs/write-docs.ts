// npm run docs: writes the tables of docs/settings.md, docs/commands.md and docs/metrics.md, .env.example, and the settings of the Helm chart.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { envExample, fillTables } from './doc-tables.ts';
import { fillHelmSchema } from './helm-schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const PRETTIER = JSON.parse(readFileSync(join(ROOT, '.prettierrc.json'), 'utf8')) as object;
const HELM_SCHEMA = join(ROOT, 'deploy/helm/vitrine/values.schema.json');

for (const file of ['docs/settings.md', 'docs/commands.md', 'docs/metrics.md']) {
  const path = join(ROOT, file);
  writeFileSync(path, await format(fillTables(readFileSync(path, 'utf8')), { ...PRETTIER, parser: 'markdown' }));
}
writeFileSync(join(ROOT, '.env.example'), envExample(readFileSync(join(ROOT, 'docs/settings.md'), 'utf8')));
writeFileSync(
  HELM_SCHEMA,
  await format(fillHelmSchema(readFileSync(HELM_SCHEMA, 'utf8')), { ...PRETTIER, parser: 'json' }),
);
