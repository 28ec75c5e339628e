import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let at = '';
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['push', 'delete', 'api:write'] });
  const where = { name: owner.alias };
  const { registry } = await site.app.db.alias.findUniqueOrThrow({ where, include: { registry: true } });
  at = `/registries/${registry.registryId}`;
});
afterAll(() => site.close());

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${owner.token}` };
  const url = `http://localhost/api/v1${at}/${path}`;
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

test('a template is created, applied by a push, changed and deleted', async () => {
  const template = {
    prefix: 'team/tools',
    appliedFor: ['push'],
    visibility: 'private',
    tagMutability: 'immutable_with_exclusion',
    tagExclusions: ['dev-*'],
    resourceTags: [{ key: 'team', value: 'tools' }],
  };
  expect(await call('POST', 'templates', template)).toMatchObject({ status: 201, body: template });
  expect(await call('POST', 'templates', template)).toMatchObject({ status: 409 });
  expect(await call('POST', 'templates', { ...template, prefix: 'x', kmsKey: 'k' })).toMatchObject({
    status: 400,
    body: { detail: 'Only KMS encryption takes a key.' },
  });
  expect(await call('POST', 'templates', { ...template, prefix: 'ROOT', tagExclusions: [] })).toMatchObject({
    status: 400,
  });
  const client = createDistributionClient(site.url, owner.token);
  await client.request('POST', `/v2/${owner.alias}/team/tools/cli/blobs/uploads/`);
  const repository = await site.app.db.repository.findFirstOrThrow({ where: { name: 'team/tools/cli' } });
  expect(repository).toMatchObject({
    visibility: 'private',
    tagMutability: 'immutable_with_exclusion',
    tagExclusions: ['dev-*'],
    resourceTagValues: { team: 'tools' },
  });
  const changed = await call('PATCH', 'templates/team%2Ftools', { description: 'Tools', resourceTags: [] });
  expect(changed).toMatchObject({ status: 200, body: { ...template, description: 'Tools', resourceTags: [] } });
  expect(await call('PATCH', 'templates/team', {})).toMatchObject({ status: 404 });
  expect(await call('GET', 'templates')).toMatchObject({ body: { templates: [{ prefix: 'team/tools' }] } });
  expect(await call('DELETE', 'templates/team%2Ftools')).toMatchObject({ status: 204 });
  expect(await call('GET', 'templates')).toEqual({ status: 200, body: { templates: [] } });
});

test('a setting decides whether a push creates a repository', async () => {
  const push = (name: string) =>
    createDistributionClient(site.url, owner.token).request('POST', `/v2/${owner.alias}/${name}/blobs/uploads/`);
  expect(await call('PATCH', 'settings', { pushCreation: 'never' })).toMatchObject({
    body: { pushCreation: 'never', pushVisibility: 'public' },
  });
  await expect(push('refused')).rejects.toThrow('NAME_UNKNOWN');
  expect(await call('PATCH', 'settings', { pushCreation: 'sometimes' })).toMatchObject({ status: 400 });
  expect(await call('PATCH', 'settings', { pushCreation: 'always' })).toMatchObject({ status: 200 });
  await push('accepted');
});

test('a pull-through rule is created, checked and deleted', async () => {
  const rule = { prefix: 'ROOT', upstream: { host: 'registry.example.org' } };
  const shown = { prefix: 'ROOT', upstreamHost: 'registry.example.org', upstreamPrefix: '' };
  expect(await call('POST', 'pull-through-rules', rule)).toMatchObject({ status: 201, body: shown });
  expect(await call('POST', 'pull-through-rules', rule)).toMatchObject({ status: 409 });
  expect(await call('GET', 'pull-through-rules')).toMatchObject({ body: { rules: [shown] } });
  const checked = await call('POST', 'pull-through-rules/ROOT/check');
  expect(checked.status).toBe(200);
  expect((checked.body as { problem: string | null }).problem).not.toBeNull();
  expect(await call('DELETE', 'pull-through-rules/ROOT')).toMatchObject({ status: 204 });
  expect(await call('DELETE', 'pull-through-rules/ROOT')).toMatchObject({ status: 404 });
});
