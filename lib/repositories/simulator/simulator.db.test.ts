import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { roleAddress, SYSTEM_CALLER, type RegistryRole, type UserCaller } from '#lib/access/schema.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import { setRegistryPolicyScope } from '#lib/repositories/registry-policy/set-registry-policy-scope.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createTestRobot, type TestRobot } from '#lib/testing/create-test-robot.ts';
import { explainAccess } from './explain-access.ts';
import { listPrincipals } from './list-principals.ts';
import type { AskedAccess } from './schema.ts';

type Statement = Record<string, unknown>;

let site: TestApp;
let owner: TestUser;
let bob: TestUser;
let reader: UserCaller;
let maintainer: UserCaller;
let robot: TestRobot;
let registryKey: bigint;
let own: string;
let other: string;
let serial = 0;
let name = '';

beforeAll(async () => {
  site = await createTestApp();
  [owner, bob] = [await site.createUser(), await site.createUser()];
  ({ registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } }));
  [own, other] = [await digitsOf(owner), await digitsOf(bob)];
  [reader, maintainer] = [await join('reader'), await join('maintainer')];
  robot = await createTestRobot(site, owner);
});
afterAll(() => site.close());
beforeEach(() => prepare('private'));

async function digitsOf({ alias }: TestUser): Promise<string> {
  const select = { registry: { select: { registryId: true } } } as const;
  return (await site.app.db.alias.findUniqueOrThrow({ where: { name: alias }, select })).registry.registryId;
}

async function join(role: RegistryRole): Promise<UserCaller> {
  const { caller } = await site.createUser();
  await site.app.db.member.create({ data: { registryKey, userId: caller.principal.userId, role } });
  return caller;
}

async function prepare(visibility: Visibility): Promise<void> {
  name = `app-${(serial += 1)}`;
  await createRepository(site.app, { caller: owner.caller, alias: owner.alias, name, visibility });
}

const fullName = () => `${owner.alias}/${name}`;
const arnOf = ({ principal }: UserCaller) => `arn:aws:iam::${own}:user/${principal.userId}`;
const save = (...Statement: Statement[]) =>
  setRepositoryPolicy(site.app, {
    caller: owner.caller,
    fullName: fullName(),
    text: JSON.stringify({ Version: '2012-10-17', Statement }),
    force: true,
  });
/** Stores what can't be saved, or not yet. */
const store = (...Statement: Statement[]) =>
  site.app.db.repository.update({
    where: { registryKey_name: { registryKey, name } },
    data: { policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
  });
const statement = (Effect: string, Action: string | string[], AWS: string, more: Statement = {}): Statement => ({
  Effect,
  Action,
  Principal: { AWS },
  ...more,
});
const explain = (asked: Partial<AskedAccess>, caller: UserCaller | typeof SYSTEM_CALLER = owner.caller) =>
  explainAccess(site.app, { caller, fullName: fullName(), principal: 'anonymous', action: 'pull', ...asked });
const list = (action: string, caller: UserCaller = owner.caller) =>
  listPrincipals(site.app, { caller, fullName: fullName(), action });

const OFFICE = { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } };
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const ROLE = 'Give the member a role that allows it, or';

type Row = {
  policy?: () => Statement[];
  asked: () => Partial<AskedAccess>;
  isAllowed: boolean;
  reason: string;
  advice: (() => string) | null;
  near?: string[];
};

const TABLE: Record<string, Row> = {
  'a role': {
    asked: () => ({ principal: reader.principal.email }),
    isAllowed: true,
    reason: 'Allowed by the role reader.',
    advice: null,
  },
  'a role that is too small': {
    asked: () => ({ principal: reader.principal.email, action: 'push' }),
    isAllowed: false,
    reason: 'The role reader doesn’t allow ecr:PutImage.',
    advice: () => `${ROLE} allow ecr:PutImage to ${arnOf(reader)} in the repository’s policy.`,
  },
  'a robot by name': {
    asked: () => ({ principal: robot.name, action: 'push' }),
    isAllowed: true,
    reason: 'Allowed by the role pusher.',
    advice: null,
  },
  'a robot by its ARN': {
    asked: () => ({ principal: `arn:aws:iam::${own}:user/${robot.name}`, action: 'delete' }),
    isAllowed: false,
    reason: 'The role pusher doesn’t allow ecr:BatchDeleteImage.',
    advice: () =>
      `Give the robot a role that allows it, or allow ecr:BatchDeleteImage to arn:aws:iam::${own}:user/${robot.name} in the repository’s policy.`,
  },
  'a statement that names the member': {
    policy: () => [statement('Allow', 'ecr:BatchDeleteImage', arnOf(reader), { Sid: 'Cleaner' })],
    asked: () => ({ principal: arnOf(reader), action: 'ecr:batchdeleteimage' }),
    isAllowed: true,
    reason: 'Allowed by the statement “Cleaner” of the repository’s policy.',
    advice: null,
  },
  'a denial': {
    policy: () => [statement('Deny', 'ecr:PutImage', '*', { Sid: 'Frozen' }), statement('Deny', 'ecr:Put*', own)],
    asked: () => ({ principal: owner.email, action: 'push' }),
    isAllowed: false,
    reason: 'Denied by the statement “Frozen” of the repository’s policy.',
    advice: () =>
      'Remove the statement “Frozen” of the repository’s policy, or leave this principal or action out of it. Others deny it too.',
    near: ['The role owner allows it, but a denial wins.', 'Statement 2 of the repository’s policy denies it too.'],
  },
  'a denial by address': {
    policy: () => [statement('Deny', PULL, own, { Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })],
    asked: () => ({ principal: maintainer.principal.email, address: '198.51.100.1' }),
    isAllowed: false,
    reason: 'Denied by statement 1 of the repository’s policy.',
    advice: () =>
      'It applies because aws:SourceIp isn’t in 203.0.113.0/24 (aws:SourceIp is 198.51.100.1). Make the request when that isn’t so, or change statement 1 of the repository’s policy.',
  },
  'a denial elsewhere': {
    policy: () => [
      statement('Deny', PULL, own, {
        Sid: 'Office',
        Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      }),
    ],
    asked: () => ({ principal: maintainer.principal.email, address: '203.0.113.9' }),
    isAllowed: true,
    reason: 'Allowed by the role maintainer.',
    advice: null,
    near: [
      'The statement “Office” of the repository’s policy would deny it if aws:SourceIp isn’t in 203.0.113.0/24. Here, aws:SourceIp is 203.0.113.9.',
    ],
  },
  'another registry without a policy': {
    asked: () => ({ principal: other }),
    isAllowed: false,
    reason: 'Only members and robots of the registry have access, because the repository has no policy.',
    advice: () => `Allow ecr:BatchGetImage to arn:aws:iam::${other}:root in the repository’s policy.`,
  },
  'another registry that is allowed': {
    policy: () => [statement('Allow', PULL, other, { Sid: 'Partner' })],
    asked: () => ({ principal: other }),
    isAllowed: true,
    reason:
      'Allowed by the statement “Partner” of the repository’s policy, if their role in registry OTHER allows it too.',
    advice: null,
  },
  'a pull without layers': {
    policy: () => [statement('Allow', 'ecr:BatchGetImage', other, { Sid: 'Partner' })],
    asked: () => ({ principal: other }),
    isAllowed: false,
    reason: 'No statement of the repository’s policy allows ecr:GetDownloadUrlForLayer.',
    advice: () => 'Add ecr:GetDownloadUrlForLayer to the statement “Partner” of the repository’s policy.',
    near: [
      'The statement “Partner” of the repository’s policy allows other actions, but not ecr:GetDownloadUrlForLayer.',
    ],
  },
  'an address that does not fit': {
    policy: () => [statement('Allow', PULL, other, { Sid: 'Office', ...OFFICE })],
    asked: () => ({ principal: other, address: '198.51.100.1' }),
    isAllowed: false,
    reason: 'No statement of the repository’s policy allows ecr:BatchGetImage.',
    advice: () =>
      'The statement “Office” of the repository’s policy would allow it if aws:SourceIp is in 203.0.113.0/24. Here, aws:SourceIp is 198.51.100.1.',
  },
  'an address that was not given': {
    policy: () => [statement('Allow', PULL, other, { Sid: 'Office', ...OFFICE })],
    asked: () => ({ principal: other }),
    isAllowed: false,
    reason: 'No statement of the repository’s policy allows ecr:BatchGetImage.',
    advice: () =>
      'The statement “Office” of the repository’s policy would allow it if aws:SourceIp is in 203.0.113.0/24. Here, aws:SourceIp is missing.',
  },
  'a time that does not fit': {
    policy: () => [
      statement('Allow', PULL, other, { Condition: { DateLessThan: { 'aws:CurrentTime': '2027-01-08T18:00:00Z' } } }),
    ],
    asked: () => ({ principal: other, at: '2027-01-08T19:00+01:00' }),
    isAllowed: false,
    reason: 'No statement of the repository’s policy allows ecr:BatchGetImage.',
    advice: () =>
      'Statement 1 of the repository’s policy would allow it if aws:CurrentTime is before 2027-01-08T18:00:00Z. Here, aws:CurrentTime is 2027-01-08T18:00:00.000Z.',
  },
  'TLS and a client': {
    policy: () => [
      statement('Allow', PULL, '*', {
        Condition: { Bool: { 'aws:SecureTransport': 'true' }, StringLike: { 'aws:UserAgent': 'containerd/*' } },
      }),
    ],
    asked: () => ({ principal: '*', isSecure: true, userAgent: 'containerd/2.1' }),
    isAllowed: true,
    reason: 'Allowed by statement 1 of the repository’s policy, if their role in their own registry allows it too.',
    advice: null,
  },
  'a grant to the own registry': {
    policy: () => [statement('Allow', 'ecr:*', own, { Sid: 'Everyone' })],
    asked: () => ({ principal: reader.principal.email, action: 'push' }),
    isAllowed: false,
    reason: 'The role reader doesn’t allow ecr:PutImage, and no statement of the repository’s policy does.',
    advice: () =>
      `The statement “Everyone” of the repository’s policy names the whole registry, which only confirms what roles allow. Name ${arnOf(reader)} in it.`,
  },
  'anonymous clients': {
    policy: () => [statement('Allow', '*', '*')],
    asked: () => ({ principal: 'anonymous' }),
    isAllowed: false,
    reason: 'Anonymous clients can only pull, and only from public repositories.',
    advice: () => 'Sign in as a user who has access.',
  },
};

test.each(Object.entries(TABLE))('%s', async (_what, { policy, asked, isAllowed, reason, advice, near }) => {
  if (policy) await save(...policy());
  const explained = await explain(asked());
  expect(explained).toMatchObject({ isAllowed, reason: reason.replace('OTHER', other), advice: advice && advice() });
  if (near) expect(explained.near.map(({ sentence }) => sentence)).toEqual(near);
});

test('names the condition that fails, with what it wants and what it got', async () => {
  await save(statement('Allow', PULL, other, { Sid: 'Office', ...OFFICE }));
  const { near, decidedBy, steps, explainedStep } = await explain({ principal: other, address: '::ffff:198.51.100.1' });
  expect(decidedBy).toBeNull();
  expect(explainedStep).toBe('ecr:BatchGetImage');
  expect(steps).toEqual(PULL.map((action) => ({ action, isAllowed: false })));
  const failed = { operator: 'IpAddress', key: 'aws:SourceIp', wanted: ['203.0.113.0/24'], given: ['198.51.100.1'] };
  expect(near).toMatchObject([
    { policy: 'repository policy', statement: 'Office', effect: 'Allow', why: 'condition', failed: [failed] },
  ]);
});

test('names a statement about another resource, which only older policies have', async () => {
  const Resource = `arn:aws:ecr:us-east-1:${own}:repository/elsewhere`;
  await store(statement('Allow', PULL, other, { Sid: 'Elsewhere', Resource }));
  const { isAllowed, near } = await explain({ principal: other });
  expect(isAllowed).toBe(false);
  expect(near).toMatchObject([{ statement: 'Elsewhere', why: 'resource', failed: [] }]);
});

test('a role is a principal of its registry, in a session', async () => {
  await site.app.db.user.create({
    data: {
      kind: 'role',
      email: roleAddress({ registryId: own, role: 'ci' }),
      displayName: 'ci',
      registryKey,
      members: { create: { registryKey, role: 'reader' } },
    },
  });
  const role = `arn:aws:iam::${own}:role/ci`;
  const session = `arn:aws:sts::${own}:assumed-role/ci/build`;
  await store(
    statement('Allow', 'ecr:BatchDeleteImage', role),
    statement('Deny', 'ecr:BatchDeleteImage', session, { Sid: 'NotThisOne' }),
  );
  expect(await explain({ principal: role, action: 'delete' })).toMatchObject({ isAllowed: true, arn: role });
  expect(await explain({ principal: session, action: 'delete' })).toMatchObject({
    isAllowed: false,
    decidedBy: { statement: 'NotThisOne' },
  });
  expect((await list('delete')).principals.find(({ arn }) => arn === role)).toMatchObject({
    kind: 'role',
    isAllowed: true,
  });
  const missing = explain({ principal: `arn:aws:iam::${own}:role/cd` });
  await expect(missing).rejects.toThrow('This registry has no role named cd.');
  const foreign = `arn:aws:iam::${other}:role/ci`;
  await store(statement('Allow', PULL, foreign));
  expect(await explain({ principal: foreign })).toMatchObject({ isAllowed: true, arn: foreign });
});

test('a public repository is open for pulls and decides pushes by actions of ECR Public', async () => {
  await prepare('public');
  await save(statement('Allow', 'ecr-public:PutImage', other), statement('Deny', 'ecr-public:PutImage', '*'));
  expect(await explain({})).toMatchObject({ isAllowed: true, reason: 'Anyone can pull from a public repository.' });
  expect(await explain({ principal: other, action: 'push' })).toMatchObject({
    isAllowed: false,
    decidedBy: { statement: 'statement 2' },
  });
});

test('a disabled robot and a mirror are refused whatever the policy says', async () => {
  const idle = await createTestRobot(site, owner);
  await site.app.db.user.update({ where: { id: idle.userId }, data: { disabledAt: new Date() } });
  const expected = { isAllowed: false, reason: 'The robot is disabled.', advice: 'Enable the robot.' };
  expect(await explain({ principal: idle.name })).toMatchObject(expected);
  const upstream = await site.app.db.upstream.create({ data: { registryKey, host: 'registry-1.docker.io' } });
  const where = { registryKey_name: { registryKey, name } };
  await site.app.db.repository.update({ where, data: { upstreamId: upstream.id, upstreamName: 'library/alpine' } });
  const mirrored = { isAllowed: false, reason: 'Clients can’t change a mirror.' };
  expect(await explain({ principal: owner.email, action: 'push' })).toMatchObject(mirrored);
  expect(await explain({ principal: owner.email, action: 'pull' })).toMatchObject({ isAllowed: true });
});

describe('the policy of the registry', () => {
  const saveInRegistry = (...statements: Statement[]) =>
    setRegistryPolicy(site.app, {
      caller: owner.caller,
      registryKey,
      text: JSON.stringify({ Statement: statements.map((one) => ({ Resource: '*', ...one })) }),
      force: true,
    });
  afterEach(() =>
    site.app.db.registry.update({ where: { id: registryKey }, data: { policy: null, policyScope: 'V2' } }),
  );

  test('is named when it decides', async () => {
    await saveInRegistry(statement('Deny', 'ecr:PutImage', '*', { Sid: 'Frozen' }), statement('Allow', PULL, other));
    expect(await explain({ principal: owner.email, action: 'push' })).toMatchObject({
      isAllowed: false,
      decidedBy: { policy: 'registry policy', statement: 'Frozen' },
      reason: 'Denied by the statement “Frozen” of the registry’s policy.',
      advice: 'Remove the statement “Frozen” of the registry’s policy, or leave this principal or action out of it.',
    });
    expect(await explain({ principal: other })).toMatchObject({
      isAllowed: true,
      reason: `Allowed by statement 2 of the registry’s policy, if their role in registry ${other} allows it too.`,
    });
    const { principals } = await list('push');
    expect(principals.find(({ principal }) => principal === other)).toMatchObject({
      isAllowed: false,
      reason: 'Denied by the statement “Frozen” of the registry’s policy.',
    });
  });

  test('is looked at where none decides, unless it can’t', async () => {
    await saveInRegistry(statement('Allow', 'ecr:ListImages', other, { Sid: 'Lists' }));
    const [none, both] = [
      'No statement of the registry’s policy allows ecr:BatchGetImage.',
      'No statement of the policies of the repository and its registry allows ecr:BatchGetImage.',
    ];
    expect(await explain({ principal: other })).toMatchObject({
      reason: none,
      advice: 'Add ecr:BatchGetImage to the statement “Lists” of the registry’s policy.',
    });
    await save(statement('Allow', 'ecr:PutImage', own));
    expect((await explain({ principal: other })).reason).toBe(both);
    await setRegistryPolicyScope(site.app, { caller: owner.caller, registryKey, scope: 'V1' });
    expect((await explain({ principal: other })).reason).toBe(
      'No statement of the repository’s policy allows ecr:BatchGetImage.',
    );
  });

  test('about other repositories advises nothing', async () => {
    const Resource = `arn:aws:ecr:*:${own}:repository/elsewhere`;
    await saveInRegistry(statement('Allow', 'ecr:ListImages', other, { Resource }));
    expect((await explain({ principal: other })).near).toEqual([]);
  });

  test('is told only to those who may read it', async () => {
    await saveInRegistry(statement('Deny', 'ecr:GetRegistryPolicy', own));
    await expect(explain({})).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('who can push', () => {
  test('lists members, robots, whom the policy names, and anonymous clients', async () => {
    await save(
      statement('Allow', ['ecr:PutImage', 'ecr:*LayerUpload', 'ecr:UploadLayerPart', 'ecr:BatchCheck*'], other),
      statement('Deny', 'ecr:PutImage', `arn:aws:iam::${own}:user/${robot.name}`, { Sid: 'NoRobot' }),
    );
    const { principals, isTruncated } = await list('push');
    const shown = new Map(principals.map(({ principal, isAllowed, reason }) => [principal, { isAllowed, reason }]));
    expect(isTruncated).toBe(false);
    expect(shown.get(owner.email)).toEqual({ isAllowed: true, reason: 'Allowed by the role owner.' });
    expect(shown.get(other)).toMatchObject({ isAllowed: true });
    expect(shown.get(robot.name)?.reason).toBe('Denied by the statement “NoRobot” of the repository’s policy.');
    expect(shown.get('anonymous')).toMatchObject({ isAllowed: false });
    expect(shown.has(own)).toBe(false);
    const answers = principals.map(({ isAllowed }) => isAllowed);
    expect(answers).toEqual([...answers].sort((one, another) => Number(another) - Number(one)));
  });
});

describe('the simulator', () => {
  test('answers owners, maintainers and the operator', async () => {
    for (const caller of [owner.caller, maintainer, SYSTEM_CALLER])
      expect((await explain({ principal: owner.email }, caller)).isAllowed).toBe(true);
  });

  test('refuses other members, other registries and those whom the policy opens everything', async () => {
    await expect(explain({}, reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(list('pull', reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(explain({}, bob.caller)).rejects.toMatchObject({ code: 'repository_not_found' });
    await save(statement('Allow', '*', '*'));
    for (const caller of [reader, bob.caller]) {
      await expect(explain({}, caller)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(list('pull', caller)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('refuses owners whom the policy keeps from reading it', async () => {
    await save(statement('Deny', 'ecr:GetRepositoryPolicy', own));
    await expect(explain({})).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('says nothing about members of other registries', async () => {
    const stranger = 'nobody@example.org';
    const { userId } = bob.caller.principal;
    for (const principal of [bob.email, stranger, `arn:aws:iam::${own}:user/${userId}`]) {
      const named = principal.startsWith('arn:') ? userId : principal;
      await expect(explain({ principal })).rejects.toThrow(`${named} isn’t a member of this registry.`);
    }
    await save(statement('Allow', PULL, other));
    const answers = [];
    for (const id of [userId, '3f0c7a3e-0000-4000-8000-000000000000']) {
      const {
        arn: _arn,
        principal: _principal,
        at: _at,
        ...answer
      } = await explain({
        principal: `arn:aws:iam::${other}:user/${id}`,
      });
      answers.push(answer);
    }
    expect(answers[0]).toEqual(answers[1]);
  });
});

const HOSTILE: [keyof AskedAccess, string][] = [
  ...['', ' ', 'a b', '\0', 'x'.repeat(5_000), '../..', 'user@', 'Robot', 'arn:aws:iam::1:user/x'].map(
    (text): [keyof AskedAccess, string] => ['principal', text],
  ),
  ['principal', 'no-such-robot'],
  ['principal', '999999999999'],
  ['principal', 'arn:aws:iam::111122223333:role/ci'],
  ['principal', 'arn:aws:sts::111122223333:assumed-role/ci/run'],
  ['principal', `robot:111122223333/ci`],
  ...['', 'fly', 'ecr:*', '*', 'vitrine:TransferRepository', 'ecr:CreateRepository', 'constructor', '\0'].map(
    (text): [keyof AskedAccess, string] => ['action', text],
  ),
  ['action', 'ecr-public:PutImage'],
  ...['10.0.0.0/8', 'localhost', '1.2.3', '\0', '1'.repeat(5_000), '999.1.1.1'].map(
    (text): [keyof AskedAccess, string] => ['address', text],
  ),
  ...['tomorrow', '2027-02-30', '2027-01-01T25:00Z', '99999-01-01', '1e400', '\0', '2027-01-01T00:00+99:99'].map(
    (text): [keyof AskedAccess, string] => ['at', text],
  ),
  ['userAgent', 'x'.repeat(5_000)],
];

test.each(HOSTILE)('%s %j is refused with a sentence', async (field, value) => {
  await expect(explain({ [field]: value })).rejects.toMatchObject({
    code: 'invalid_input',
    detail: { fieldErrors: { [field]: expect.stringMatching(/\.$/) as unknown } },
  });
});

test.each([
  ['2027-01-04', '2027-01-04T00:00:00.000Z'],
  ['2027-01-04T08:00', '2027-01-04T08:00:00.000Z'],
  ['2027-01-04 08:00:30Z', '2027-01-04T08:00:30.000Z'],
  ['2027-01-04T08:00:00-05:00', '2027-01-04T13:00:00.000Z'],
])('the time %s is %s', async (at, expected) => {
  expect((await explain({ at })).at.toISOString()).toBe(expected);
});
