// The examples that no program here can run: they can be read, name an image of the site, and are in the guide.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { expect, test } from 'vitest';
import { HOST, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { findGoTool } from '../go-tools.ts';
import { readExample } from './read-example.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILES = readdirSync(join(ROOT, 'deploy/examples'));
const compose = await findGoTool('compose-spec');

test('the guide names each file', () => {
  const guide = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
  expect(FILES.filter((file) => !guide.includes(`(../deploy/examples/${file})`))).toEqual([]);
});

test.each(FILES.filter((file) => file !== 'Jenkinsfile'))('%s can be read, and names the site', (file) => {
  const text = readExample(file, { alias: 'acme' });
  const documents = file.endsWith('.json') ? [JSON.parse(text) as unknown] : parseAllDocuments(text, { strict: true });
  for (const document of documents) expect((document as { errors?: unknown[] }).errors ?? []).toEqual([]);
  expect(text).toContain(HOST);
});

test.skipIf(compose.absent)(
  `compose reads its file${compose.absent ? ` (skipped: ${compose.absent})` : ''}`,
  async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'compose.yaml'), readExample('compose.yaml', { alias: 'acme' }));
      expect(await run(compose.path ?? '', [join(folder, 'compose.yaml')])).toContain(`${HOST}/acme/app:v1`);
    });
  },
);
