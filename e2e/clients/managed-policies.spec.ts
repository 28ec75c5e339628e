// A robot without a role, which may only do what an attached policy of AWS allows.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { BASE_URL, createPublisher, HOST, missing, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { readLayoutBlobs } from './read-layout-blobs.ts';
import { buildSampleImage } from './sample-image.ts';

const absent = missing('skopeo');
const note = absent ? ` (skipped: ${absent})` : '';

test.skipIf(absent)(`skopeo pulls with AmazonEC2ContainerRegistryPullOnly, and can’t push${note}`, async () => {
  const { alias, secret } = await createPublisher('pull', 'push', 'delete', 'api:write');
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${BASE_URL}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };
  const { registries } = await call<{ registries: { registryId: string }[] }>('GET', '/me');
  const registry = `/registries/${registries[0]?.registryId}`;
  await call('POST', '/repositories', { fullName: `${alias}/hidden`, visibility: 'private' });
  await call('POST', `${registry}/robots`, { name: 'node', role: 'none' });
  const created = await call<{ secret: string }>('POST', `${registry}/robots/node/access-tokens`, {
    name: 'test',
    scopes: ['pull', 'push'],
    expiresInDays: 1,
  });
  const creds = (password: string) => `token:${password}`;
  const image = `docker://${HOST}/${alias}/hidden:v1`;

  await withFolder(async (folder) => {
    await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
    const push = (password: string) =>
      run('skopeo', ['copy', '--dest-tls-verify=false', '--dest-creds', creds(password), `oci:${folder}/in:v1`, image]);
    const pull = () =>
      run('skopeo', [
        'copy',
        '--src-tls-verify=false',
        '--src-creds',
        creds(created.secret),
        image,
        `oci:${folder}/out:v1`,
      ]);
    await push(secret);
    await expect(pull()).rejects.toThrow(/denied|unauthorized|name unknown/i);
    await call('PUT', `${registry}/principals/node/attached-policies/aws:AmazonEC2ContainerRegistryPullOnly`);
    await pull();
    expect(readLayoutBlobs(join(folder, 'out'))).toEqual(readLayoutBlobs(join(folder, 'in')));
    await expect(push(created.secret)).rejects.toThrow(/forbidden|denied/i);
    await call('DELETE', `${registry}/principals/node/attached-policies/aws:AmazonEC2ContainerRegistryPullOnly`);
    await expect(pull()).rejects.toThrow(/denied|unauthorized|name unknown/i);
  });
});
