// Runs the commands of the guides about lifecycle policies, templates, webhooks and replication.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { askForAccount, BASE_URL, createPublisher, missing, withFolder, type Publisher } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { startDockerRegistry, type DockerRegistry } from '../docker-registry.ts';
import { buildSampleImage } from '../sample-image.ts';
import { awsEnvironment, createAwsKey, type AwsKey } from './aws-commands.ts';
import { findPythonTools } from './python-tools.ts';
import { readCodeBlocks } from './read-code-blocks.ts';

const python = await findPythonTools();
const absent = python.absent ?? missing('curl', 'docker-registry');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

let publisher: Publisher;
let key: AwsKey;
let token: string;
let registry: DockerRegistry;

beforeAll(async () => {
  if (absent || python.absent !== null) return;
  publisher = await createPublisher();
  key = await createAwsKey(publisher);
  const { email } = publisher;
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  ({ secret: token } = await askForAccount<{ secret: string }>('create-token', { email, scopes }));
  registry = await startDockerRegistry();
});
afterAll(() => registry?.close());

/** Runs a guide's commands of a shell, and returns what they print. */
async function runGuide(guide: string, values: Record<string, string>, files: Record<string, string> = {}) {
  const own = {
    'https://gallery.example/': `${BASE_URL}/`,
    'https://vitrine.example.org/': `${BASE_URL}/`,
    '123456789012': key.registryId,
  };
  const commands = readCodeBlocks(guide, { ...own, ...values }).filter(({ language }) => language === 'sh');
  expect(commands.length).toBeGreaterThan(0);
  return withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const script = [`cd ${folder}`, ...commands.map(({ text }) => text)].join('\n').replaceAll('curl ', 'curl -fsS ');
    return run('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      ...awsEnvironment(key),
      TOKEN: token,
      PATH: `${python.absent === null ? dirname(python.aws) : ''}:${process.env.PATH}`,
    });
  });
}

async function push(name: string, tag: string): Promise<string> {
  const image = await buildSampleImage();
  await createDistributionClient(BASE_URL, publisher.secret).push(`${publisher.alias}/${name}`, image, [tag]);
  return image.digest;
}

test.skipIf(absent)(title('lifecycle policies'), async () => {
  await push('team/app', 'v1');
  const policy = readCodeBlocks('lifecycle.md', {}).find(({ language }) => language === 'json');
  const printed = await runGuide('lifecycle.md', {}, { 'policy.json': policy?.text ?? '' });
  expect(printed).toContain('"lifecyclePolicyText"');
  expect(printed).toMatch(/"imageStatus": "ARCHIVED"/);
});

test.skipIf(absent)(title('creation templates'), async () => {
  expect(await runGuide('templates.md', {})).toContain('"prefix": "team"');
});

test.skipIf(absent)(title('webhooks and the feed of events'), async () => {
  const printed = await runGuide('webhooks.md', {});
  expect(printed).toContain('"secret":"whsec_');
  expect(printed).toContain('"next":');
});

test.skipIf(absent)(title('replication to a registry of another maker'), async () => {
  const digest = await push('prod/app', 'v1');
  const printed = await runGuide('replication.md', {
    '"host": "eu.example.org"': `"host": "${registry.host}", "isPlainHttp": true`,
  });
  expect(printed).toContain('"filter": "prod/"');
  const manifest = `http://${registry.host}/v2/team/prod/app/manifests/v1`;
  await vi.waitFor(
    async () => {
      const answer = await fetch(manifest, { headers: { accept: '*/*' } });
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
    },
    { timeout: 60_000, interval: 500 },
  );
});
