// The MCP endpoint over HTTP, with the SDK's client.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher } from '../fixtures.ts';
import { buildSampleImage } from '../clients/sample-image.ts';

const ADDRESS = new URL('/api/mcp', BASE_URL);

test('an MCP client finds and describes an image, and gets the command that pulls it', async () => {
  const { alias, secret } = await createPublisher();
  const image = await buildSampleImage();
  await createDistributionClient(BASE_URL, secret).push(`${alias}/app`, image, ['1.0']);
  const client = new Client({ name: 'test', version: '1' });
  // The SDK's types predate exactOptionalPropertyTypes.
  await client.connect(new StreamableHTTPClientTransport(ADDRESS));
  const call = async (name: string, input: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: input })).structuredContent as Record<string, unknown>;
  await expect
    .poll(() => call('search_repositories', { query: `${alias}/app` }), { timeout: 60_000, interval: 1_000 })
    .toMatchObject({ repositories: [{ fullName: `${alias}/app`, url: `${BASE_URL}/${alias}/app` }] });
  const described = await call('describe_image', { repository: `${alias}/app` });
  expect(described).toMatchObject({
    digest: image.digest,
    pullCommand: `docker pull ${new URL(BASE_URL).host}/${alias}/app:1.0`,
    url: `${BASE_URL}/${alias}/app/-/tags/1.0`,
  });
  expect((await fetch(String(described['url']))).status).toBe(200);
  await client.close();
});

test('pages of other sites are refused', async () => {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const ask = (origin: string) => fetch(ADDRESS, { method: 'POST', headers: { ...headers, origin }, body });
  expect((await ask('https://evil.example')).status).toBe(403);
  expect((await ask(new URL(BASE_URL).origin)).status).toBe(200);
});
