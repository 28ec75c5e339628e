// A private repository that three people ask for, at /v2, by the AWS APIs and by the REST API.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  GetDownloadUrlForLayerCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect } from 'vitest';
import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createAwsClients, createTestKey, type AwsClients } from './aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from './create-test-app.ts';
import { createDistributionClient } from './distribution-client.ts';
import { buildImage, type BuiltManifest } from './images/build-image.ts';
import { basic, createRawClient } from './servers/raw-http.ts';

export const POLICY_SCOPES = ['api:write', 'repository:*:pull,push,delete'];

/** A person with an access token and an access key that act for the same registry. */
export type PolicyPerson = { user: TestUser; aws: AwsClients; registryId: string };
type Target = { who: PolicyPerson; name: string };

const EDGES = ['v2', 'aws', 'rest'] as const;
type Edge = (typeof EDGES)[number];
const ACTS = ['pull', 'layer', 'push', 'delete'] as const;
type Act = (typeof ACTS)[number];

export type PolicyEdges = {
  site: TestApp;
  /** Of the registry that has the repositories. */
  owner: PolicyPerson;
  registryKey: bigint;
  /** A member of that registry. */
  reader: PolicyPerson;
  /** The owner of another registry. */
  bob: PolicyPerson;
  image: BuiltManifest;
  layerDigest: string;
  fullNameOf: (name: string) => string;
  /** Creates a private repository with an image that is tagged `v1` and `old-EDGE`. */
  createTarget: () => Promise<string>;
  callV2: (target: Target, method: string, below: string, body?: string) => Promise<boolean>;
  /** Returns `YY-- YYYY ----` for what the owner, the reader and Bob may do: pull, get a layer, push and delete. */
  listAllowed: (name: string) => Promise<string>;
};

/** Starts a site for a test file. The result is filled in before its first test. */
export function usePolicyEdges(): PolicyEdges {
  const edges = {} as PolicyEdges;
  let serial = 0;

  beforeAll(async () => {
    const site = await createTestApp();
    const ada = await site.createUser({ scopes: POLICY_SCOPES });
    const { registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: ada.alias } });
    const owner = await toOwner(site, ada);
    const bob = await toOwner(site, await site.createUser({ scopes: POLICY_SCOPES }));
    const eve = await site.createUser({ scopes: POLICY_SCOPES });
    const { userId } = eve.caller.principal;
    await site.app.db.member.create({ data: { registryKey, userId, role: 'reader' } });
    const key = await createAccessKey(site.app, { caller: eve.caller, registryKey });
    const reader = { user: eve, aws: createAwsClients(site.url, key), registryId: owner.registryId };
    const image = await buildImage({
      platform: { os: 'linux', architecture: 'amd64' },
      created: '2026-01-01T00:00:00Z',
      layers: [[{ path: 'a', content: 'x' }]],
    });
    const layerDigest = image.blobs.at(-1)?.digest ?? '';
    Object.assign(edges, { site, owner, registryKey, reader, bob, image, layerDigest });
  });
  afterAll(() => edges.site.close());

  const fullNameOf = (name: string) => `${edges.owner.user.alias}/${name}`;
  const callV2: PolicyEdges['callV2'] = async ({ who, name }, method, below, body) => {
    const headers = { 'content-type': edges.image.mediaType };
    const client = createRawClient(edges.site.url, basic(who.user.token));
    const path = `/v2/${fullNameOf(name)}/${below}`;
    const { status } = await client.send(method, path, { headers, ...(body && { body }) });
    if (![200, 201, 202, 403, 404].includes(status)) throw new Error(`${method} ${below} answered ${status}`);
    return status < 300;
  };
  const createTarget = async () => {
    const name = `team/app-${(serial += 1)}`;
    const { site, owner, image } = edges;
    const { user } = owner;
    await createRepository(site.app, { caller: user.caller, alias: user.alias, name, visibility: 'private' });
    const tags = ['v1', ...EDGES.map((edge) => `old-${edge}`)];
    await createDistributionClient(site.url, user.token).push(`${user.alias}/${name}`, image, tags);
    return name;
  };
  const listAllowed = async (name: string) => {
    const calls = callsOf(edges);
    const seen: string[] = [];
    for (const who of [edges.owner, edges.reader, edges.bob]) {
      // A refused pull of a manifest hides the repository from pages, and a delete needs the tag that a push wrote.
      const answers: string[] = [];
      for (const act of ACTS) {
        const byEdge = await Promise.all(Object.values(calls[act]).map((call) => call({ who, name })));
        answers.push(new Set(byEdge).size === 1 ? (byEdge[0] ? 'Y' : '-') : `${act} differs: ${byEdge.join(' ')}`);
      }
      seen.push(answers.join(''));
      await restoreTags(edges, name);
    }
    return seen.join(' ');
  };
  return Object.assign(edges, { fullNameOf, callV2, createTarget, listAllowed });
}

async function toOwner(site: TestApp, user: TestUser): Promise<PolicyPerson> {
  const key = await createTestKey(site, user);
  return { user, aws: createAwsClients(site.url, key), registryId: key.registryId };
}

function callsOf(edges: PolicyEdges): Record<Act, Partial<Record<Edge, (target: Target) => Promise<boolean>>>> {
  const { owner, image, layerDigest, callV2 } = edges;
  const addressed = (repositoryName: string) => ({ registryId: owner.registryId, repositoryName });
  const pushed = { imageManifest: image.bytes.toString(), imageManifestMediaType: image.mediaType };
  const callRest = async ({ who, name }: Target, method: string, below: string, body?: object) => {
    const url = `http://localhost/api/v1/repositories/${encodeURIComponent(edges.fullNameOf(name))}${below}`;
    const headers = { authorization: `Bearer ${who.user.token}`, 'x-client-address': '127.0.0.1' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const { status } = await handleRestRequest(edges.site.app, new Request(url, init));
    if (![200, 204, 403, 404].includes(status)) throw new Error(`${method} ${below} answered ${status}`);
    return status < 300;
  };
  return {
    pull: {
      v2: (target) => callV2(target, 'GET', 'manifests/v1'),
      aws: ({ who, name }) =>
        callAws(who.aws.ecr.send(new BatchGetImageCommand({ ...addressed(name), imageIds: [{ imageTag: 'v1' }] }))),
      rest: (target) => callRest(target, 'GET', `/manifests/${image.digest}`),
    },
    layer: {
      v2: (target) => callV2(target, 'GET', `blobs/${layerDigest}`),
      aws: ({ who, name }) =>
        callAws(who.aws.ecr.send(new GetDownloadUrlForLayerCommand({ ...addressed(name), layerDigest }))),
    },
    push: {
      v2: (target) => callV2(target, 'PUT', 'manifests/new-v2', image.bytes.toString()),
      aws: ({ who, name }) =>
        callAws(who.aws.ecr.send(new PutImageCommand({ ...addressed(name), ...pushed, imageTag: 'new-aws' }))),
      rest: (target) => callRest(target, 'PUT', '/tags/new-rest', { source: 'v1' }),
    },
    delete: {
      v2: (target) => callV2(target, 'DELETE', 'manifests/old-v2'),
      aws: ({ who, name }) =>
        callAws(
          who.aws.ecr.send(new BatchDeleteImageCommand({ ...addressed(name), imageIds: [{ imageTag: 'old-aws' }] })),
        ),
      rest: (target) => callRest(target, 'POST', '/tags/delete', { tags: [{ name: 'old-rest' }] }),
    },
  };
}

async function callAws(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    expect((error as Error).name).toBe('AccessDeniedException');
    return false;
  }
}

/** Undoes what pushes and deletes did to tags. */
async function restoreTags({ site, registryKey }: PolicyEdges, name: string): Promise<void> {
  const { db } = site.app;
  const { id: repositoryId } = await db.repository.findFirstOrThrow({ where: { registryKey, name } });
  await db.tag.deleteMany({ where: { repositoryId, name: { startsWith: 'new-' } } });
  const { manifestId } = await db.tag.findFirstOrThrow({ where: { repositoryId, name: 'v1' } });
  for (const edge of EDGES) {
    const where = { repositoryId_name: { repositoryId, name: `old-${edge}` } };
    await db.tag.upsert({ where, update: {}, create: { repositoryId, name: `old-${edge}`, manifestId } });
  }
}
