// Runs the commands and programs of docs/coming-from-ecr.md, in order.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTar } from '#lib/testing/images/build-image.ts';
import { askForAccount, BASE_URL, createPublisher, HOST, type Publisher } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { awsEnvironment, createAwsKey } from './aws-commands.ts';
import { dockerAbsent, startDocker, type Docker } from '../docker-daemon.ts';
import { findPythonTools } from './python-tools.ts';
import { readCodeBlocks } from './read-code-blocks.ts';

const ROOT = join(import.meta.dirname, '../../..');
const python = await findPythonTools();
const absent = dockerAbsent() ?? python.absent;
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

let daemon: Docker;
let environment: Record<string, string>;
let publisher: Publisher;

beforeAll(async () => {
  if (absent || python.absent !== null) return;
  daemon = await startDocker();
  const tar = join(daemon.folder, 'app.tar');
  writeFileSync(tar, await buildTar([{ path: 'hello', content: 'hello' }]));
  await daemon.docker('import', tar, 'app:latest');
  publisher = await createPublisher();
  environment = {
    ...awsEnvironment(await createAwsKey(publisher)),
    ...daemon.env,
    PATH: `${dirname(python.aws)}:${process.env.PATH}`,
  };
});
afterAll(() => daemon?.stop());

test.skipIf(absent)(title('the guide for users of ECR works as written'), async () => {
  const blocks = readCodeBlocks('coming-from-ecr.md', {
    'https://registry.example.org': BASE_URL,
    'registry.example.org': HOST,
  });
  const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  expect(commands).toHaveLength(5);
  await run('bash', ['-eu', '-o', 'pipefail', '-c', commands.join('\n')], environment);

  const [program] = blocks.filter(({ language }) => language === 'python');
  const byPython = await run(python.absent === null ? python.python : '', ['-c', program?.text ?? ''], environment);
  expect(byPython).toMatch(/^sha256:[0-9a-f]{64} \['stable'\]$/);

  // A module of this project, so that it finds the SDK.
  const path = join(ROOT, 'node_modules/.cache/coming-from-ecr.mjs');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, blocks.find(({ language }) => language === 'js')?.text ?? '');
  const byNode = await run(process.execPath, [path], environment).finally(() => rmSync(path));
  expect(byNode).toMatch(/^sha256:[0-9a-f]{64} \[ 'stable' \]$/);

  const jenkins = blocks.find(({ language }) => language === 'groovy')?.text ?? '';
  const [, login = ''] = /sh '(.+)'/.exec(jenkins) ?? [];
  expect(await run('bash', ['-eu', '-o', 'pipefail', '-c', login], environment)).toMatch(/Login Succeeded/);

  const [single, auths] = blocks.filter(({ language }) => language === 'json').map(({ text }) => text);
  const named = (JSON.parse(single ?? '') as { Image: { Name: string } }).Image.Name;
  const compose = blocks.filter(({ language, text }) => language === 'yaml' && text.startsWith('services:'));
  expect(compose.map(({ text }) => text)).toEqual([expect.stringContaining(`image: ${named}\n`)]);
  const image = named.replace('ALIAS', publisher.alias);
  const { email } = publisher;
  const { secret } = await askForAccount<{ secret: string }>('create-token', { email, scopes: ['pull'] });
  const config = join(daemon.folder, 'beanstalk');
  mkdirSync(config);
  const docker = (...args: string[]) => run('docker', ['--config', config, ...args], environment);
  await expect(docker('pull', image)).rejects.toThrow(/denied|unauthorized/i);
  const auth = Buffer.from(`pull:${secret}`).toString('base64');
  writeFileSync(join(config, 'config.json'), (auths ?? '').replace('AUTH', auth));
  expect(await docker('pull', image)).toContain(image);
  await expect(docker('push', image)).rejects.toThrow(/denied/);
});
