// What a registry's policy changes for whom.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessFacts } from '../access-question.ts';
import type { Action } from '../actions.ts';
import { decide, isAllowed } from '../authorize.ts';
import { ANONYMOUS, NO_REQUEST, type Membership, type Principal, type UserPrincipal } from '../schema.ts';
import { createPolicyCache, findAttached, findRegistryPolicy } from './attached-policy.ts';
import type { RegistryPolicyScope } from './schema.ts';

const A = '111111111111';
const B = '222222222222';
const PULL: Action = 'ecr:BatchGetImage';
const PUSH: Action = 'ecr:PutImage';
const VIEW: Action = 'vitrine:ViewRepository';
const CREATE: Action = 'ecr:CreateRepository';
const policies = createPolicyCache();

type Part = Record<string, unknown>;
const allow = (Action: string | string[], Principal: unknown, more: Part = {}) => ({
  Effect: 'Allow',
  Action,
  Principal: Principal === '*' ? '*' : { AWS: Principal },
  ...more,
});
const deny = (...parts: Parameters<typeof allow>) => ({ ...allow(...parts), Effect: 'Deny' });
const textOf = (Statement: Part[]) => JSON.stringify({ Version: '2012-10-17', Statement });

const person: UserPrincipal = {
  kind: 'user',
  userId: 'u',
  email: 'u@example.org',
  displayName: 'U',
  siteRole: 'user',
  scopes: null,
  apiAccess: 'write',
};
const owner: Membership = { registryId: A, role: 'owner' };
const reader: Membership = { registryId: A, role: 'reader' };
const bob: Membership = { registryId: A, role: null, home: { registryId: B, role: 'owner' } };

type Case = {
  registry: Part[];
  scope?: RegistryPolicyScope;
  repository?: Part[] | null;
  who?: Principal;
  membership?: Membership;
  facts?: AccessFacts;
};

function ask(action: Action, { registry, scope = 'V2', repository = null, who = person, ...more }: Case) {
  const resource = registry.map((statement) => ({ Resource: '*', ...statement }));
  const registryPolicy = findRegistryPolicy({ policies }, { policy: textOf(resource), policyScope: scope });
  const policy = findAttached({ policies }, repository && textOf(repository));
  const { membership = bob, facts } = more;
  return {
    principal: who,
    context: NO_REQUEST,
    action,
    membership: { ...membership, registryPolicy },
    facts: { fullName: 'acme/app', visibility: 'private' as const, policy, ...facts },
  };
}
const may = (action: Action, given: Case) => isAllowed(ask(action, given));

describe('beside the policy of the repository', () => {
  test('either can allow', () => {
    for (const [registry, repository] of [
      [[allow(PULL, B)], null],
      [[], [allow(PULL, B)]],
      [[allow(PUSH, B)], [allow(PULL, B)]],
    ] as const) {
      const given = { registry: [...registry], repository: repository && [...repository] };
      expect([may(PULL, given), may(VIEW, given)]).toEqual([true, true]);
    }
    expect(may(PULL, { registry: [allow(PUSH, B)] })).toBe(false);
  });

  test.each(['registry', 'repository'] as const)('a denial by that of the %s wins', (where) => {
    const allowing = [allow('ecr:*', [A, B])];
    const denying = [deny(PULL, '*', { Sid: 'Closed' })];
    const given =
      where === 'registry' ? { registry: denying, repository: allowing } : { registry: allowing, repository: denying };
    for (const membership of [owner, bob]) {
      expect([may(PULL, { ...given, membership }), may(PUSH, { ...given, membership })]).toEqual([false, true]);
      const { because } = decide(ask(PULL, { ...given, membership }));
      expect(because).toEqual({ policy: `${where} policy`, statement: 'Closed' });
    }
  });
});

test('its statements decide about a private repository like the repository’s own', () => {
  const statements = fc.array(
    fc
      .record({
        isDenial: fc.boolean(),
        action: fc.constantFrom(PULL, PUSH, 'ecr:Batch*', 'ecr:*', '*'),
        principal: fc.constantFrom('*', A, B, `arn:aws:iam::${A}:user/u`, `arn:aws:iam::${B}:user/u`),
      })
      .map(({ isDenial, action, principal }) => (isDenial ? deny : allow)(action, principal)),
    { maxLength: 2 },
  );
  const actions = fc.constantFrom<Action>(PULL, PUSH, VIEW, 'ecr:DeleteRepository', 'vitrine:RenameRepository');
  fc.assert(
    fc.property(
      statements,
      statements,
      actions,
      fc.constantFrom(owner, reader, bob),
      (one, other, action, membership) => {
        const apart = may(action, { repository: one, registry: other, membership });
        expect(apart).toBe(may(action, { repository: [...one, ...other], registry: [], membership }));
      },
    ),
    { numRuns: 1000 },
  );
});

test('a member needs no role for what it allows, unless it names the registry', () => {
  const own = `arn:aws:iam::${A}:user/u`;
  expect(may(PUSH, { registry: [allow(PUSH, own)], membership: reader })).toBe(true);
  expect(may(PUSH, { registry: [allow(PUSH, A)], membership: reader })).toBe(false);
  expect(may('ecr:PutRegistryPolicy', { registry: [allow('ecr:PutRegistryPolicy', own)], membership: reader })).toBe(
    true,
  );
});

test('another registry needs the right there too', () => {
  const pusher: Membership = { registryId: A, role: null, home: { registryId: B, role: 'pusher' } };
  const registry = [allow(['ecr:PutImage', 'ecr:DeleteRepository'], B)];
  expect(may(PUSH, { registry, membership: pusher })).toBe(true);
  expect(may('ecr:DeleteRepository', { registry, membership: pusher })).toBe(false);
  expect(may('ecr:DeleteRepository', { registry, membership: bob })).toBe(true);
});

test('Resource names repositories', () => {
  const registry = [allow(PULL, B, { Resource: `arn:aws:ecr:us-east-1:${A}:repository/team/*` })];
  expect(may(PULL, { registry, facts: { fullName: 'acme/team/app' } })).toBe(true);
  expect(may(PULL, { registry, facts: { fullName: 'acme/app' } })).toBe(false);
});

describe('creating a repository', () => {
  const facts: AccessFacts = { fullName: 'acme/new' };

  test('is decided by it, whatever the scope', () => {
    for (const scope of ['V1', 'V2'] as const) {
      expect(may(CREATE, { scope, facts, registry: [deny(CREATE, '*')], membership: owner })).toBe(false);
      expect(may(CREATE, { scope, facts, registry: [allow(CREATE, B)] })).toBe(true);
      expect(may(CREATE, { scope, facts, registry: [allow(CREATE, '333333333333')] })).toBe(false);
    }
  });

  test('is not decided by a policy of a repository, which does not exist yet', () => {
    const repository = [allow(CREATE, B)];
    expect(may(CREATE, { facts, registry: [allow(PULL, B)], repository })).toBe(false);
  });
});

test('scope V1 decides three actions only', () => {
  const scope = 'V1';
  expect(may(PULL, { scope, registry: [allow('ecr:*', B)] })).toBe(false);
  const registry = [deny('ecr:*', '*')];
  for (const action of [PULL, PUSH, 'ecr:PutRegistryPolicy'] as const)
    expect(may(action, { scope, registry, membership: owner })).toBe(true);
  for (const action of [CREATE, 'ecr:BatchImportUpstreamImage'] as const)
    expect(may(action, { scope, registry, membership: owner })).toBe(false);
});

test('settings of the registry are decided by scope V2', () => {
  const registry = [deny(['ecr:PutAccountSetting', 'ecr:PutRegistryPolicy'], A)];
  for (const action of ['ecr:PutAccountSetting', 'ecr:PutRegistryPolicy'] as const)
    expect(may(action, { registry, membership: owner })).toBe(false);
  expect(may('ecr:GetRegistryPolicy', { registry, membership: owner })).toBe(true);
});

test('what only exists here can be denied for private repositories, and never allowed', () => {
  expect(may('vitrine:RenameRepository', { registry: [deny('*', A)], membership: owner })).toBe(false);
  expect(may('vitrine:RenameRepository', { registry: [allow('*', '*')] })).toBe(false);
  for (const action of ['vitrine:ManageMembers', 'vitrine:ManagePolicies', 'sts:AssumeRole'] as const) {
    expect(may(action, { registry: [deny('*', '*')], membership: owner })).toBe(true);
    expect(may(action, { registry: [allow('*', '*')] })).toBe(false);
  }
});

describe('a public repository', () => {
  const facts: AccessFacts = { visibility: 'public', hasImage: true, isQuarantined: false };

  test('can be pulled by anyone and isn’t decided by it', () => {
    const registry = [deny('*', '*')];
    for (const who of [ANONYMOUS, person])
      for (const action of [PULL, VIEW]) expect(may(action, { registry, who, facts, membership: owner })).toBe(true);
    for (const action of [PUSH, 'ecr-public:PutImage', 'ecr:PutLifecyclePolicy', 'ecr:DeleteRepository'] as const)
      expect(may(action, { registry, facts, membership: owner })).toBe(true);
    expect(may(PUSH, { registry: [allow('*', B)], facts })).toBe(false);
  });
});

test('anonymous clients get nothing by it', () => {
  expect(may(PULL, { registry: [allow('*', '*')], who: ANONYMOUS })).toBe(false);
});

test('a stored text that isn’t a policy allows nothing, and can be replaced', () => {
  const registryPolicy = findRegistryPolicy({ policies }, { policy: '{"Statement": 1}', policyScope: 'V2' });
  const decideFor = (action: Action, membership: Membership) =>
    isAllowed({
      principal: person,
      context: NO_REQUEST,
      action,
      membership: { ...membership, registryPolicy },
      facts: { fullName: 'acme/app', visibility: 'private' },
    });
  expect(decideFor(PULL, owner)).toBe(false);
  expect(decideFor(PULL, bob)).toBe(false);
  expect(decideFor('ecr:PutRegistryPolicy', owner)).toBe(true);
});
