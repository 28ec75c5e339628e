// Runs the commands of the guides about lifecycle policies, templates, webhooks and replication.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createAwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { askForAccount, BASE_URL, createPublisher, missing, withFolder, type Publisher } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { startDockerRegistry, type DockerRegistry } from '../docker-registry.ts';
import { buildSampleImage } from '../sample-image.ts';
import { awsEnvironment, createAwsKey, type AwsKey } from './aws-commands.ts';
import { findPythonTools, newestModels } from './python-tools.ts';
import { readCodeBlocks } from './read-code-blocks.ts';

const python = await findPythonTools();
const absent = python.absent ?? missing('curl', 'docker-registry');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

let publisher: Publisher;
let key: AwsKey;
let token: string;
let registry: DockerRegistry;
let models: Record<string, string>;

beforeAll(async () => {
  if (absent || python.absent !== null) return;
  publisher = await createPublisher();
  key = await createAwsKey(publisher);
  const { email } = publisher;
  const scopes = ['pull', 'push', 'delete', 'api:write'];
  ({ secret: token } = await askForAccount<{ secret: string }>('create-token', { email, scopes }));
  registry = await startDockerRegistry();
  models = await newestModels(python);
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
      ...models,
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
  await createAwsClients(BASE_URL, key).ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/app' }));
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
  await vi.waitFor(
    async () => {
      const answer = await fetch(`${BASE_URL}/api/v1/registries/${key.registryId}/replication`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await answer.json()).toMatchObject({
        destinations: [{ pending: 0, failed: 0, complete: expect.toSatisfy((count: number) => count > 0) as number }],
      });
    },
    { timeout: 60_000, interval: 500 },
  );
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const copied = await fetch(`http://${registry.host}/v2/team/prod/app/manifests/v1`, { headers: { accept } });
  expect(copied.headers.get('docker-content-digest')).toBe(digest);
});
