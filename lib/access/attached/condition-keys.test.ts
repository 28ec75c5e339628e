// Keys of what a request names and of the credential that sends it.
import { describe, expect, test } from 'vitest';
import type { AccessFacts } from '../access-question.ts';
import type { Action } from '../actions.ts';
import { isAllowed } from '../authorize.ts';
import { NO_REQUEST, type UserPrincipal } from '../schema.ts';
import { keepClaims } from '../trust/session-claims.ts';
import { createPolicyCache } from './attached-policy.ts';
import { checkPolicy } from './check-policy.ts';

const REGISTRY = '111111111111';
const PUSH: Action = 'ecr:PutImage';
const policies = createPolicyCache();
const person: UserPrincipal = {
  kind: 'user',
  userId: 'u',
  email: 'u@example.org',
  displayName: 'U',
  siteRole: 'user',
  scopes: null,
  apiAccess: 'write',
};
const key: UserPrincipal = { ...person, accessKey: { id: 'AKIA', registryId: REGISTRY, role: 'owner' } };
const session: UserPrincipal = {
  ...key,
  roleSession: { registryId: REGISTRY, role: 'deploy', sessionName: 'run' },
  issuedAt: new Date('2030-01-01T00:00:00Z'),
};
const ISSUER = 'https://token.actions.githubusercontent.com';
const workload: UserPrincipal = {
  ...session,
  roleSession: {
    registryId: REGISTRY,
    role: 'deploy',
    sessionName: 'run',
    claims: keepClaims(
      ISSUER,
      { sub: 's', repository_id: '42', job_workflow_ref: 'a/b/.github/workflows/c.yml@main' },
      { areKeysFetched: true },
    ),
  },
};

const textOf = (Condition: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'ecr:*', Condition }],
  });

/** Whether an owner's request matches the condition. */
function matches(Condition: object, facts: AccessFacts = {}, principal: UserPrincipal = person): boolean {
  return !isAllowed({
    principal,
    context: NO_REQUEST,
    action: PUSH,
    membership: { registryId: REGISTRY, role: 'owner' },
    facts: { fullName: 'acme/app', visibility: 'private', ...facts, policy: policies.compile(textOf(Condition)) },
  });
}

test.each<[object, AccessFacts, boolean]>([
  [{ StringLike: { 'vitrine:ImageTag': 'v*' } }, { image: { tag: 'v1' } }, true],
  [{ StringLike: { 'vitrine:ImageTag': 'v*' } }, { image: { tag: 'latest' } }, false],
  [{ StringLike: { 'vitrine:ImageTag': 'v*' } }, { image: { digest: 'sha256:ab' } }, false],
  [{ StringLike: { 'vitrine:ImageTag': 'v*' } }, {}, false],
  [{ StringEquals: { 'vitrine:ImageDigest': 'sha256:ab' } }, { image: { tag: 'v1', digest: 'sha256:ab' } }, true],
  [{ Null: { 'vitrine:ImageTag': 'true' } }, {}, true],
  [{ StringEquals: { 'aws:ResourceTag/Team': 'red' } }, { resourceTags: { team: 'red' } }, true],
  [{ StringEquals: { 'ecr:ResourceTag/Team': 'red' } }, { resourceTags: { Team: 'red' } }, true],
  [{ StringEquals: { 'ecr-public:ResourceTag/Team': 'red' } }, { resourceTags: { Team: 'blue' } }, false],
  [{ StringEquals: { 'aws:ResourceTag/Team': 'red' } }, { resourceTags: null }, false],
  [{ StringEquals: { 'aws:RequestTag/Team': 'red' } }, { requestTags: [{ key: 'Team', value: 'red' }] }, true],
  [{ StringEquals: { 'aws:RequestTag/Team': 'red' } }, { requestTags: [{ key: 'Env', value: 'red' }] }, false],
  [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['Team'] } }, { tagKeys: ['Env', 'Team'] }, true],
  [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] } }, { tagKeys: ['Env', 'Team'] }, false],
])('%j of %j: %s', (condition, facts, isMatch) => {
  expect(matches(condition, facts)).toBe(isMatch);
});

test.each<[string | null, UserPrincipal]>([
  ['session', { ...person, sessionId: 's' }],
  ['access-token', { ...person, accessTokenId: 't' }],
  ['access-key', key],
  ['temporary', { ...key, issuedAt: new Date() }],
  ['role-session', session],
  ['web-identity', workload],
  [null, person],
])('the credential type is %s', (type, principal) => {
  const wanted = ['session', 'access-token', 'access-key', 'temporary', 'role-session', 'web-identity'];
  const found = wanted.filter((one) => matches({ StringEquals: { 'vitrine:CredentialType': one } }, {}, principal));
  expect(found).toEqual(type === null ? [] : [type]);
});

test('only temporary credentials have an issue time', () => {
  const before = { DateLessThan: { 'aws:TokenIssueTime': '2030-01-02T00:00:00Z' } };
  expect([matches(before, {}, session), matches(before, {}, key)]).toEqual([true, false]);
  const after = { DateGreaterThan: { 'aws:TokenIssueTime': '2030-01-02T00:00:00Z' } };
  expect(matches(after, {}, session)).toBe(false);
});

describe('claims of a session', () => {
  test('are keys', () => {
    const isOther = { StringNotEquals: { 'vitrine:claim/repository_id': '42' } };
    expect([matches(isOther, {}, workload), matches(isOther, {}, session), matches(isOther)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('are those that are listed, as visible text of a bounded length', () => {
    const claims = {
      iss: ISSUER,
      repository_id: 42,
      ref_protected: true,
      sha: 'a'.repeat(513),
      ref: 'refs/heads/\u202emain',
      run_id: '1\n2',
      environment: ['a', 'b'],
      actor: 'mallory',
      __proto__: { workflow: 'x' },
      'kubernetes.io': { namespace: 'team', pod: { name: 'p' } },
      'oidc.circleci.com/project-id': 'c',
    };
    expect(keepClaims(ISSUER, claims, { areKeysFetched: true })).toEqual({
      iss: ISSUER,
      repository_id: '42',
      ref_protected: 'true',
      'kubernetes.io.namespace': 'team',
      'kubernetes.io.pod.name': 'p',
      'oidc.circleci.com/project-id': 'c',
    });
  });
});

test.each<[string, boolean]>([
  ['vitrine:ImageTag', true],
  ['vitrine:CredentialType', true],
  ['aws:TokenIssueTime', true],
  ['aws:RequestTag/Team', true],
  ['vitrine:claim/job_workflow_ref', true],
  ['vitrine:claim/actor', false],
  ['aws:RequestTag/', false],
  ['aws:ResourceTag/Team', true],
  ['aws:PrincipalTag/Team', true],
  ['aws:PrincipalTag/', false],
  ['ecr:ResourceTag/Team', true],
  ['ecr:RequestTag/Team', false],
  ['aws:ResourceTag/', false],
])('saving a policy with the key %s: known %s', (name, isKnown) => {
  const { findings } = checkPolicy(textOf({ StringEquals: { [name]: 'x' } }), {
    kind: 'repository',
    visibility: 'private',
  });
  expect(findings.filter(({ message }) => message.includes("don't have the key"))).toHaveLength(isKnown ? 0 : 1);
});
