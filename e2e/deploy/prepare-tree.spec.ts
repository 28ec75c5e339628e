// What may not be in the image and the Debian package: passwords of the site whose folder they are built in.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../fixtures.ts';
import { runLogged } from '../run-program.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const SECRETS = ['.env', '.env.local', 'deploy/.env', 'deploy/helm/.env.production'];

test('a build leaves settings of sites out', () => {
  const patterns = readFileSync(join(DEPLOY, 'Containerfile.dockerignore'), 'utf8').split('\n');
  const isLeftOut = (path: string) => patterns.some((pattern) => matchesGlob(path, pattern));
  expect([...SECRETS, 'deploy/compose.yaml', 'deploy/compose.env.example'].filter(isLeftOut)).toEqual(SECRETS);
});

test.each(SECRETS)('deploy/prepare-tree.sh refuses a copy with %s', async (path) => {
  await withFolder(async (folder) => {
    for (const part of ['deploy', dirname(path), 'node_modules/a']) mkdirSync(join(folder, part), { recursive: true });
    cpSync(join(DEPLOY, 'prepare-tree.sh'), join(folder, 'deploy/prepare-tree.sh'));
    for (const file of [path, '.env.example', 'node_modules/a/.env']) writeFileSync(join(folder, file), 'A=b\n');
    const refusal = await runLogged('sh', [join(folder, 'deploy/prepare-tree.sh')]).catch(
      (error: Error) => error.message,
    );
    expect(refusal).toMatch(new RegExp(`Remove these files.*\n\\./${path.replaceAll('.', '\\.')}\n?`));
    expect(refusal).not.toContain('node_modules');
  });
});
