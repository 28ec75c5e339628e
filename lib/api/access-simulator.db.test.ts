// The simulator says what /v2 does for the same repository, principal, address, client and time.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, sha256 } from '#lib/testing/servers/raw-http.ts';
import { handleRestRequest } from './rest/handle-rest-request.ts';

const ACTS = ['pull', 'push', 'delete'] as const;
const TAGS = ['v1', ...ACTS];
const OFFICE = '203.0.113.9';
const HOME = '198.51.100.9';
const HOUR = 3_600_000;
/** Soon, because credentials of tests last a day. */
const NOW = Date.now() + HOUR;

/** As the simulator and as a client name them. */
type Who = { principal: string; token: string | null };
type Case = { who: Who; address: string; at: Date; userAgent: string };

let site: TestApp;
let owner: TestUser;
let reader: TestUser;
let bob: TestUser;
let robot: TestRobot;
let registryIds: Record<'own' | 'other', string>;
let image: BuiltManifest;
let serial = 0;

beforeAll(async () => {
  site = await createTestApp({ PROXIES: '1' });
  const scopes = ['api:write', 'repository:*:pull,push,delete'];
  [owner, reader, bob] = await Promise.all([site.createUser({ scopes }), site.createUser(), site.createUser()]);
  const digitsOf = async ({ alias: name }: TestUser) => {
    const select = { registryKey: true, registry: { select: { registryId: true } } } as const;
    const { registryKey, registry } = await site.app.db.alias.findUniqueOrThrow({ where: { name }, select });
    return { registryKey, registryId: registry.registryId };
  };
  const [own, other] = await Promise.all([digitsOf(owner), digitsOf(bob)]);
  registryIds = { own: own.registryId, other: other.registryId };
  const { userId } = reader.caller.principal;
  await site.app.db.member.create({ data: { registryKey: own.registryKey, userId, role: 'reader' } });
  robot = await createTestRobot(site, owner);
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'x' }]],
  });
});
afterAll(() => site.close());
afterEach(() => vi.useRealTimers());

/** Sends what docker would, and returns whether all of it was allowed. */
const CALLS: Record<(typeof ACTS)[number], (fullName: string, asked: Case) => Promise<boolean>> = {
  pull: async (fullName, asked) => {
    const layer = image.blobs.at(-1)?.digest ?? '';
    return (await call(asked, 'GET', `${fullName}/manifests/v1`)) && call(asked, 'GET', `${fullName}/blobs/${layer}`);
  },
  push: async (fullName, asked) => {
    const bytes = `layer ${(serial += 1)}`;
    const client = clientOf(asked);
    const headers = headersOf(asked);
    const started = await client.send('POST', `/v2/${fullName}/blobs/uploads/`, { headers });
    if (started.status !== 202) return refused(asked, started.status);
    const at = new URL(started.headers.location ?? '', site.url);
    const sent = await client.send('PATCH', `${at.pathname}${at.search}`, { headers, body: bytes });
    if (sent.status !== 202) return refused(asked, sent.status);
    const next = new URL(sent.headers.location ?? '', site.url);
    next.searchParams.set('digest', sha256(bytes));
    const done = await client.send('PUT', `${next.pathname}${next.search}`, { headers });
    if (done.status !== 201) return refused(asked, done.status);
    return (
      (await call(asked, 'HEAD', `${fullName}/blobs/${sha256(bytes)}`)) &&
      call(asked, 'PUT', `${fullName}/manifests/push`, image.bytes.toString())
    );
  },
  delete: (fullName, asked) => call(asked, 'DELETE', `${fullName}/manifests/delete`),
};

const clientOf = ({ who }: Case) => createRawClient(site.url, who.token === null ? undefined : basic(who.token));
const headersOf = ({ address, userAgent }: Case) => ({
  'x-forwarded-for': address,
  'user-agent': userAgent,
});

async function call(asked: Case, method: string, path: string, body?: string): Promise<boolean> {
  const headers = { ...headersOf(asked), 'content-type': image.mediaType };
  const { status } = await clientOf(asked).send(method, `/v2/${path}`, { headers, ...(body && { body }) });
  return status < 300 || refused(asked, status);
}

function refused({ who }: Case, status: number): boolean {
  expect(who.token === null ? [401] : [403, 404]).toContain(status);
  return false;
}

async function askSimulator(fullName: string, action: string, { who, address, at, userAgent }: Case): Promise<boolean> {
  const asked = { principal: who.principal, action, address, at: at.toISOString(), userAgent };
  const query = new URLSearchParams({ ...asked, tls: String(site.app.config.site.isSecure) });
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}/access?${query}`;
  const headers = { authorization: `Bearer ${owner.token}`, 'x-client-address': OFFICE };
  const response = await handleRestRequest(site.app, new Request(url, { headers }));
  const answer = (await response.json()) as { isAllowed: boolean; action: string };
  expect([response.status, answer.action]).toEqual([200, action]);
  return answer.isAllowed;
}

type Statement = Record<string, unknown>;
const FULL_PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const FULL_PUSH = ['ecr:PutImage', 'ecr:*LayerUpload', 'ecr:UploadLayerPart', 'ecr:BatchCheckLayerAvailability'];
const statement = (Effect: string, Action: string | string[], Principal: unknown, Condition?: object): Statement => ({
  Effect,
  Action,
  Principal,
  ...(Condition && { Condition }),
});
const IN_OFFICE = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const OUT_OF_OFFICE = { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const THEN = {
  DateGreaterThan: { 'aws:CurrentTime': new Date(NOW - 1000).toISOString() },
  DateLessThan: { 'aws:CurrentTime': new Date(NOW + 1000).toISOString() },
};
const BY_CONTAINERD = { StringLike: { 'aws:UserAgent': 'containerd/*' } };

const own = () => ({ AWS: registryIds.own });
const other = () => ({ AWS: registryIds.other });
const user = () => ({ AWS: `arn:aws:iam::${registryIds.other}:user/${bob.caller.principal.userId}` });
const bot = () => ({ AWS: `arn:aws:iam::${registryIds.own}:user/${robot.name}` });

const POLICIES: Record<string, () => Statement[]> = {
  'no policy': () => [],
  'pulls for another registry': () => [statement('Allow', FULL_PULL, other())],
  'manifests without layers': () => [statement('Allow', 'ecr:BatchGetImage', other())],
  'pushes and pulls for one user': () => [statement('Allow', [...FULL_PULL, ...FULL_PUSH], user())],
  'pushes without one step': () => [statement('Allow', [...FULL_PULL, 'ecr:PutImage'], user())],
  'everything for everyone': () => [statement('Allow', '*', '*')],
  'deletes for the robot': () => [statement('Allow', 'ecr:BatchDeleteImage', bot())],
  'no pushes by the robot': () => [statement('Deny', 'ecr:PutImage', bot())],
  'pulls from the office': () => [statement('Allow', FULL_PULL, '*', IN_OFFICE)],
  'nothing out of the office': () => [
    statement('Deny', [...FULL_PULL, ...FULL_PUSH, 'ecr:BatchDeleteImage'], own(), OUT_OF_OFFICE),
  ],
  'pushes at that time': () => [statement('Allow', [...FULL_PULL, ...FULL_PUSH], other(), THEN)],
  'pulls by containerd': () => [statement('Allow', FULL_PULL, other(), BY_CONTAINERD)],
};

async function createTarget(statements: Statement[], visibility: 'public' | 'private'): Promise<string> {
  const name = `app-${(serial += 1)}`;
  const { caller, alias, token } = owner;
  await createRepository(site.app, { caller, alias, name, visibility });
  await createDistributionClient(site.url, token).push(`${alias}/${name}`, image, TAGS);
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const fullName = `${alias}/${name}`;
  if (statements.length > 0) await setRepositoryPolicy(site.app, { caller, fullName, text, force: true });
  return fullName;
}

const CIRCUMSTANCES = [
  { address: OFFICE, at: new Date(NOW), userAgent: 'containerd/2' },
  { address: HOME, at: new Date(NOW), userAgent: 'docker/29' },
  { address: OFFICE, at: new Date(NOW + 2 * HOUR), userAgent: 'docker/29' },
];

test.each(Object.keys(POLICIES))('%s', { timeout: 60_000 }, async (policy) => {
  await compare(await createTarget(POLICIES[policy]?.() ?? [], 'private'));
});

test('a public repository', { timeout: 60_000 }, async () => {
  const push = FULL_PUSH.map((action) => action.replace('ecr:', 'ecr-public:'));
  await compare(await createTarget([statement('Allow', push, other(), IN_OFFICE)], 'public'));
  await compare(await createTarget([], 'public'));
});

async function compare(fullName: string): Promise<void> {
  const whos: Who[] = [
    { principal: owner.email, token: owner.token },
    { principal: reader.email, token: reader.token },
    { principal: robot.name, token: robot.token },
    { principal: `arn:aws:iam::${registryIds.other}:user/${bob.caller.principal.userId}`, token: bob.token },
    { principal: 'anonymous', token: null },
  ];
  const differences: string[] = [];
  for (const who of whos)
    for (const circumstances of CIRCUMSTANCES)
      for (const act of ACTS) {
        const asked = { who, ...circumstances };
        const told = await askSimulator(fullName, act, asked);
        vi.useFakeTimers({ now: circumstances.at, toFake: ['Date'] });
        const seen = await CALLS[act](fullName, asked);
        vi.useRealTimers();
        if (told !== seen) differences.push(`${act} by ${who.principal} from ${asked.address}: ${told}, but ${seen}`);
        if (act === 'delete' && seen) await restoreTag(fullName);
      }
  expect(differences).toEqual([]);
}

/** Puts back what a delete removed. */
async function restoreTag(fullName: string): Promise<void> {
  const name = fullName.slice(owner.alias.length + 1);
  const kept = await site.app.db.tag.findFirstOrThrow({ where: { name: 'v1', repository: { name } } });
  const { repositoryId, manifestId } = kept;
  await site.app.db.tag.create({ data: { repositoryId, name: 'delete', manifestId } });
}
