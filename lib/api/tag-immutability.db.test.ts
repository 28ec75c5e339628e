// Every way to point an existing tag elsewhere, under every rule. The last test finds new ways.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutImageCommand } from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retagManifest } from '#lib/distribution/retag/retag-manifest.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { TagMutability } from '#lib/repositories/tag-mutability/schema.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { fetchManifest } from '#lib/upstream/pull-through/fetch-manifest.ts';
import { moveTag } from '#lib/upstream/pull-through/mirrored-tags.ts';
import { storeManifest } from '#lib/upstream/pull-through/store-manifest.ts';
import { loadUpstream } from '#lib/upstream/mirrors/load-upstream.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

let site: MirrorSite;
let client: DistributionClient;
let aws: AwsClients;
let apiToken = '';
let serial = 0;
beforeAll(async () => {
  site = await createMirrorSite();
  const { caller } = site.owner;
  ({ secret: apiToken } = await createAccessToken(site.app, {
    caller,
    scopes: ['api:write', 'repository:*:pull,push'],
    name: 'api',
    expiresInDays: 1,
  }));
  client = createDistributionClient(site.url, site.owner.token);
  aws = createAwsClients(site.url, await createTestKey(site, site.owner));
});
afterAll(() => site.close());

type Case = { fullName: string; name: string; tag: string; from: BuiltManifest; to: BuiltManifest };

type Way = {
  what: string;
  visibility?: 'private' | 'public';
  /** Runs before the rule is set. The tag then points to `from`. */
  before?: (at: Case) => Promise<void>;
  /** Tries to point it to `to`. */
  move: (at: Case) => Promise<unknown>;
  /** How it fails if the tag is immutable. Without it, the tag stays and the rest succeeds. */
  refusal?: RegExp;
  /** Whether it replaces a mutable tag. */
  isMover: boolean;
};

const IMMUTABLE = /cannot be overwritten because the repository is immutable/;

const PUSHES: Way[] = [
  ...(['private', 'public'] as const).map((visibility) => ({
    what: `a push to a ${visibility} repository by tag`,
    visibility,
    move: ({ fullName, tag, to }: Case) => client.request('PUT', `/v2/${fullName}/manifests/${tag}`, to),
    refusal: IMMUTABLE,
    isMover: true,
  })),
  {
    what: 'a push by digest with a tag',
    move: ({ fullName, tag, to }) =>
      client.request('PUT', `/v2/${fullName}/manifests/${to.digest}?tag=other-${tag}&tag=${tag}`, to),
    refusal: IMMUTABLE,
    isMover: true,
  },
  {
    what: 'PutImage',
    move: ({ name, tag, to }) => aws.ecr.send(new PutImageCommand(imageOf(name, tag, to))),
    refusal: IMMUTABLE,
    isMover: true,
  },
  {
    what: 'PutImage of ECR Public',
    visibility: 'public',
    move: ({ name, tag, to }) => aws.ecrPublic.send(new ecrPublic.PutImageCommand(imageOf(name, tag, to))),
    refusal: IMMUTABLE,
    isMover: true,
  },
  {
    what: 'the REST API',
    move: async ({ fullName, tag, to }) => {
      const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}/tags/${tag}`;
      const headers = { authorization: `Bearer ${apiToken}` };
      const body = JSON.stringify({ source: to.digest });
      const response = await handleRestRequest(site.app, new Request(url, { method: 'PUT', headers, body }));
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    },
    refusal: IMMUTABLE,
    isMover: true,
  },
  {
    what: 'the console',
    move: ({ fullName, tag, to }) =>
      retagManifest(site.app, { caller: site.owner.caller, fullName, tag, source: to.digest }),
    refusal: IMMUTABLE,
    isMover: true,
  },
];

const RESTORES: Way[] = [
  {
    what: 'restoring a deleted tag',
    before: async ({ fullName, tag, from, to }) => {
      await client.push(fullName, to, [tag]);
      await client.request('DELETE', `/v2/${fullName}/manifests/${tag}`);
      await client.push(fullName, from, [tag]);
    },
    move: restoreLatest,
    refusal: /exists again and points to/,
    isMover: false,
  },
  {
    what: 'restoring a deleted image',
    before: async ({ fullName, tag, from, to }) => {
      await client.push(fullName, to, [tag]);
      await client.request('DELETE', `/v2/${fullName}/manifests/${to.digest}`);
      await client.push(fullName, from, [tag]);
    },
    move: async (at) => {
      expect(await restoreLatest(at)).toMatchObject({ skippedTags: [at.tag] });
    },
    isMover: false,
  },
];

/** Mirrors, whose tags follow their upstream. */
const MIRRORS: Way[] = [
  {
    what: 'a pull of a tag that moved upstream',
    move: async ({ fullName, name, tag, to }) => {
      site.upstream.content.add(name, to, tag);
      await site.age(fullName, 400);
      await pullDigest(fullName, tag);
    },
    isMover: true,
  },
  {
    what: 'a pull of a tag that moved to an image that the mirror has',
    move: async ({ fullName, name, tag, to }) => {
      site.upstream.content.add(name, to, 'other');
      await pullDigest(fullName, 'other');
      site.upstream.content.add(name, to, tag);
      await site.age(fullName, 400);
      await pullDigest(fullName, tag);
    },
    isMover: true,
  },
  {
    what: 'a refresh that read the tag before the rule was set',
    move: async (at) => {
      const repository = await openRepository(at.fullName);
      if (!isMirrored(repository)) throw new Error(`${at.fullName} is no mirror`);
      const settings = await loadUpstream(site.app, repository.upstream.upstreamId);
      site.upstream.content.add(at.name, at.to, at.tag);
      const reference = { kind: 'tag' as const, tag: at.tag };
      const fetched = await fetchManifest(site.app, { settings, name: at.name, reference });
      if (!fetched) throw new Error('no such tag');
      await storeManifest(site.app, { repository, fetched, tag: at.tag });
      await moveTag(site.app, { repository, tag: at.tag, digest: fetched.digest });
    },
    isMover: true,
  },
];

const RULES: [TagMutability, string[], Record<string, 'free' | 'kept'>][] = [
  ['mutable', [], { '1.0': 'free', 'dev-1': 'free' }],
  ['immutable', [], { '1.0': 'kept', 'dev-1': 'kept' }],
  ['immutable_with_exclusion', ['dev-*'], { '1.0': 'kept', 'dev-1': 'free' }],
  ['mutable_with_exclusion', ['1.*'], { '1.0': 'kept', 'dev-1': 'free' }],
];

describe.each([...PUSHES, ...RESTORES])('$what', (way) => {
  test.each(RULES)('follows the rule %s with %j', async (tagMutability, tagExclusions, expected) => {
    for (const [tag, state] of Object.entries(expected)) {
      const at = prepareCase(tag);
      const { fullName, name, from, to } = at;
      const { alias, caller } = site.owner;
      await createRepository(site.app, { caller, alias, name, visibility: way.visibility ?? 'private' });
      await client.push(fullName, to, []);
      await client.push(fullName, from, [tag]);
      await way.before?.(at);
      await expectRule(way, at, { tagMutability, tagExclusions, state });
    }
  });
});

describe.each(MIRRORS)('$what', (way) => {
  test.each(RULES)('follows the rule %s with %j', async (tagMutability, tagExclusions, expected) => {
    for (const [tag, state] of Object.entries(expected)) {
      const at = prepareCase(tag);
      site.upstream.content.add(at.name, at.from, tag);
      await site.mirror(at.name);
      expect(await pullDigest(at.fullName, tag)).toBe(at.from.digest);
      await expectRule(way, at, { tagMutability, tagExclusions, state });
    }
  });
});

test('every writer of tags is in the table', () => {
  const writers = /\.tag\.(?:create|createMany|update|updateMany|upsert)\(|INTO tags\b|UPDATE tags\b/;
  const callers = /(?<!function )\b(?:recordManifest|pushManifest|retagManifest|restoreDeletion)\(/;
  expect([writers, callers].map(listMatching)).toEqual([
    [
      // Moves the tags of a deleted image to the bin.
      'lib/images/delete-manifest.ts',
      'lib/images/record-manifest.sql.ts',
      'lib/repositories/deletions/restore-content.ts',
      'lib/upstream/pull-through/mirrored-tags.ts',
    ],
    [
      'app/console/deleted/actions.ts',
      'app/console/repositories/actions.ts',
      'lib/api/aws/images/put-image.ts',
      'lib/api/rest/routes/deletions.ts',
      'lib/api/rest/routes/repositories.ts',
      'lib/distribution/http/handlers/put-manifest.ts',
      'lib/distribution/push/push-manifest.ts',
      'lib/distribution/retag/retag-manifest.ts',
      'lib/upstream/pull-through/store-manifest.ts',
    ],
  ]);
});

async function expectRule(
  { move, refusal, isMover }: Way,
  at: Case,
  { state, ...rule }: { tagMutability: TagMutability; tagExclusions: string[]; state: 'free' | 'kept' },
): Promise<void> {
  const { fullName, tag, from, to } = at;
  await setTagMutability(site.app, { caller: site.owner.caller, fullName, ...rule });
  const isRefused = refusal !== undefined && (state === 'kept' || !isMover);
  if (isRefused) await expect(move(at)).rejects.toThrow(refusal);
  else await move(at);
  const repository = await openRepository(fullName);
  const where = { repositoryId_name: { repositoryId: repository.id, name: tag } };
  const { manifest } = await site.app.db.tag.findUniqueOrThrow({ where, include: { manifest: true } });
  expect(manifest.digest).toBe(state === 'free' && isMover ? to.digest : from.digest);
  const others = { repositoryId: repository.id, name: `other-${tag}` };
  if (isRefused) expect(await site.app.db.tag.count({ where: others })).toBe(0);
}

function prepareCase(tag: string): Case {
  const name = `app-${(serial += 1)}`;
  const [from, to] = [build(`${name} first`), build(`${name} second`)];
  return { fullName: `${site.owner.alias}/${name}`, name, tag, from, to };
}

function build(content: string): BuiltManifest {
  const config = JSON.stringify({ os: 'linux', architecture: 'amd64', content });
  return buildManifest({ config: blobOf(CONFIG, config), layers: [blobOf(LAYER, content)] });
}

function imageOf(repositoryName: string, imageTag: string, { bytes, mediaType }: BuiltManifest) {
  return { repositoryName, imageTag, imageManifest: bytes.toString(), imageManifestMediaType: mediaType };
}

async function openRepository(fullName: string): Promise<FoundRepository> {
  const repository = await findRepository(site.app, fullName);
  if (!repository) throw new Error(`${fullName} doesn't exist`);
  return repository;
}

async function restoreLatest({ fullName }: Case) {
  const { registryKey } = await openRepository(fullName);
  const { rows } = await listDeletions(site.app, { registryKey, offset: 0, limit: 1 });
  return restoreDeletion(site.app, { caller: site.owner.caller, id: rows[0]?.id ?? '' });
}

async function pullDigest(fullName: string, tag: string): Promise<string | null> {
  const response = await client.request('GET', `/v2/${fullName}/manifests/${tag}`);
  await response.arrayBuffer();
  return response.headers.get('docker-content-digest');
}

const ROOT = join(import.meta.dirname, '../..');

/** Lists source files, without tests and generated code. */
function listMatching(pattern: RegExp): string[] {
  return ['app', 'lib']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^lib\/(?:testing|platform\/prisma)\//.test(path))
    .filter((path) => pattern.test(readFileSync(join(ROOT, path), 'utf8')))
    .sort();
}
