// Expected decisions from IAM's documentation or recorded from an independent simulator.
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../compile-policy.ts';
import { evaluate, type PolicyPrincipal } from '../evaluate.ts';
import { parsePolicy, type PolicyKind } from '../policy-document.ts';

const A = '111111111111';
const B = '222222222222';
const GET = 'ecr:BatchGetImage';
const PUT = 'ecr:PutImage';
const repo = (name: string) => `arn:aws:ecr:eu-west-1:${A}:repository/${name}`;
const userArn = (account: string, name: string) => `arn:aws:iam::${account}:user/${name}`;
const CI = `arn:aws:iam::${A}:role/ci`;
const run = (name: string) => `arn:aws:sts::${A}:assumed-role/ci/${name}`;

const ada: PolicyPrincipal = { kind: 'user', account: A, arn: userArn(A, 'ada') };
const eve: PolicyPrincipal = { kind: 'user', account: A, arn: userArn(A, 'eve') };
const bob: PolicyPrincipal = { kind: 'user', account: B, arn: userArn(B, 'bob') };
const session = (name: string): PolicyPrincipal => ({ kind: 'session', account: A, arn: run(name), roleArn: CI });
const anonymous: PolicyPrincipal = { kind: 'anonymous' };

type Part = Record<string, unknown>;
const allow = (action: string | string[], more: Part = {}) => ({ Effect: 'Allow', Action: action, ...more });
const deny = (action: string | string[], more: Part = {}) => ({ Effect: 'Deny', Action: action, ...more });
const to = (principal: unknown, more: Part = {}) => ({
  Principal: principal === '*' ? '*' : { AWS: principal },
  ...more,
});

type Case = {
  who?: PolicyPrincipal;
  action?: string;
  resource?: string;
  id?: Part[];
  repo?: Part[];
  boundary?: Part[];
  session?: Part[];
  context?: Record<string, string | string[]>;
  version?: string;
};

function decide(input: Case): 'Y' | 'N' | 'D' {
  const version = input.version ?? '2012-10-17';
  const policy = (name: string, statements: Part[], kind: PolicyKind) => {
    const Statement = statements.map((statement) =>
      kind === 'identity' && !('Resource' in statement) && !('NotResource' in statement)
        ? { ...statement, Resource: '*' }
        : statement,
    );
    return compilePolicy(name, parsePolicy({ Version: version, Statement }, kind));
  };
  const decision = evaluate({
    principal: input.who ?? ada,
    action: input.action ?? GET,
    resource: input.resource ?? repo('team/app'),
    resourceAccount: A,
    context: input.context ?? {},
    policies: {
      identity: input.id ? [policy('id', input.id, 'identity')] : [],
      boundary: input.boundary ? policy('boundary', input.boundary, 'identity') : null,
      session: input.session ? policy('session', input.session, 'identity') : null,
      resource: input.repo ? [policy('repo', input.repo, 'resource')] : [],
    },
  });
  if (decision.outcome === 'allow') return 'Y';
  return decision.because ? 'D' : 'N';
}

const on = (pattern: string) => ({ Resource: repo(pattern) });
const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });
const notPrincipal = { Effect: 'Deny', Action: GET, NotPrincipal: { AWS: [userArn(A, 'ada'), A] } };
const teamIs = when('StringEquals', 'aws:ResourceTag/team', '${aws:PrincipalTag/team}');
const home = [allow(GET, { Resource: repo('home/${aws:username}/*') })];
const tagKeys = (operator: string) => [allow('ecr:TagResource', when(operator, 'aws:TagKeys', ['team']))];
const untagged = [allow('ecr:*'), deny('ecr:*', when('StringNotEquals', 'aws:ResourceTag/team', 'red'))];
const LAN = when('IpAddress', 'aws:SourceIp', '10.0.0.0/8');
const byB = to('*', when('ArnLike', 'aws:PrincipalArn', userArn(B, '*')));

// prettier-ignore
const CASES: Record<string, [Case, 'Y' | 'N' | 'D'][]> = {
  'actions and resources': [
    [{}, 'N'],
    [{ id: [allow(GET, on('team/app'))] }, 'Y'],
    [{ id: [allow('ECR:batchgetimage')] }, 'Y'],
    [{ id: [allow(GET, on('Team/app'))] }, 'N'],
    [{ id: [allow(GET, on('team/*'))], resource: repo('team/x/y') }, 'Y'],
    [{ id: [allow(GET, on('team/*'))], resource: repo('team') }, 'N'],
    [{ id: [allow(GET, on('app?'))], resource: repo('app10') }, 'N'],
    [{ id: [allow('ecr:*'), deny(PUT)], action: PUT }, 'D'],
    [{ id: [{ Effect: 'Allow', NotAction: 'ecr:Delete*' }] }, 'Y'],
    [{ id: [{ Effect: 'Allow', NotAction: 'ecr:Delete*' }], action: 'ecr:DeleteRepository' }, 'N'],
    [{ id: [allow('ecr:*'), { Effect: 'Deny', Action: 'ecr:*', NotResource: repo('dev/*') }], resource: repo('prod/app') }, 'D'],
    [{ id: [allow(GET, { Resource: 'arn:*' })] }, 'Y'],
    [{ id: [allow(GET, { Resource: 'arn:aws:ecr:*' })] }, 'Y'],
    [{ id: [allow(GET, { Resource: 'arn:aws:ecr:*:repository/team/app' })] }, 'N'],
    [{ id: [allow(GET, { Resource: `arn:aws:ecr::${A}:repository/team/app` })] }, 'N'],
    [{ id: [allow('ecr:GetAuthorizationToken', on('team/app'))], action: 'ecr:GetAuthorizationToken', resource: '*' }, 'N'],
    [{ id: [allow('ecr:GetAuthorizationToken')], action: 'ecr:GetAuthorizationToken', resource: '*' }, 'Y'],
  ],
  'resource policy, same account': [
    [{ repo: [allow(GET, to(userArn(A, 'ada')))] }, 'Y'],
    [{ repo: [allow(GET, to(`arn:aws:iam::${A}:root`))] }, 'N'],
    [{ repo: [allow(GET, to('*'))] }, 'Y'],
    [{ who: session('run1'), repo: [allow(GET, to(CI))] }, 'Y'],
    [{ who: session('run2'), repo: [allow(GET, to(run('run1')))] }, 'N'],
    [{ repo: [allow(GET, to(userArn(A, '*')))] }, 'N'],
    [{ who: anonymous, repo: [allow(GET, to('*'))] }, 'Y'],
    [{ who: anonymous, repo: [allow(GET, to(A))] }, 'N'],
    [{ who: { kind: 'root', account: A } }, 'Y'],
    [{ who: { kind: 'root', account: A }, repo: [deny(GET, to(A))] }, 'D'],
  ],
  'resource policy, other account': [
    [{ who: bob, repo: [allow(GET, to(userArn(B, 'bob')))] }, 'N'],
    [{ who: bob, id: [allow(GET)] }, 'N'],
    [{ who: bob, id: [allow(GET)], repo: [allow(GET, to(`arn:aws:iam::${B}:root`))] }, 'Y'],
    [{ who: bob, id: [allow(GET)], repo: [allow(GET, to(B))] }, 'Y'],
    [{ who: bob, id: [allow(GET), deny(GET)], repo: [allow(GET, to(B))] }, 'D'],
    [{ who: bob, id: [allow(GET)], repo: [allow(GET, byB)], context: { 'aws:principalarn': userArn(B, 'bob') } }, 'Y'],
  ],
  'deny by principal': [
    [{ id: [allow(GET)], repo: [notPrincipal] }, 'Y'],
    [{ who: eve, id: [allow(GET)], repo: [notPrincipal] }, 'D'],
    [{ who: session('run1'), id: [allow(GET)], repo: [deny(GET, to(CI))] }, 'D'],
    [{ id: [allow(GET)], repo: [deny(GET, to(A))] }, 'D'],
  ],
  'boundary and session policy': [
    [{ id: [allow('ecr:*')], boundary: [allow('ecr:*Get*')], action: PUT }, 'N'],
    [{ boundary: [allow('ecr:*Get*')], repo: [allow(PUT, to(userArn(A, 'ada')))], action: PUT }, 'Y'],
    [{ who: session('r'), boundary: [allow('ecr:*Get*')], repo: [allow(PUT, to(CI))], action: PUT }, 'N'],
    [{ who: session('r'), id: [allow('ecr:*')], session: [allow(GET)], action: PUT }, 'N'],
    [{ who: session('r'), id: [allow(GET)], session: [allow('ecr:*')], action: PUT }, 'N'],
    [{ who: session('r'), session: [allow(GET)], repo: [allow(PUT, to(run('r')))], action: PUT }, 'Y'],
    [{ who: session('r'), session: [allow(GET)], repo: [allow(PUT, to(CI))], action: PUT }, 'N'],
  ],
  'conditions': [
    [{ id: [allow(GET, LAN)], context: { 'aws:sourceip': '10.1.2.3' } }, 'Y'],
    [{ id: [allow(GET, LAN)], context: { 'aws:sourceip': '::ffff:10.1.2.3' } }, 'N'],
    [{ id: [allow(GET, LAN)] }, 'N'],
    [{ id: [allow(GET), deny(GET, when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8'))] }, 'D'],
    [{ id: [allow(GET), deny('*', when('Bool', 'aws:SecureTransport', 'false'))], context: { 'aws:securetransport': 'false' } }, 'D'],
    [{ id: [allow(GET, { Condition: { Bool: { 'aws:SecureTransport': true }, DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } })],
      context: { 'aws:securetransport': 'true', 'aws:currenttime': '2026-11-28T00:00:00Z' } }, 'N'],
    [{ id: [allow(GET, when('StringEqualsIfExists', 'aws:ResourceTag/team', 'red'))] }, 'Y'],
    [{ id: [allow(GET, when('Null', 'aws:ResourceTag/team', 'true'))], context: { 'aws:resourcetag/team': 'red' } }, 'N'],
    [{ id: untagged }, 'D'],
    [{ id: untagged, context: { 'aws:resourcetag/team': 'red' } }, 'Y'],
    [{ id: [allow(GET, when('ArnLike', 'aws:PrincipalArn', 'arn:*'))], context: { 'aws:principalarn': userArn(A, 'ada') } }, 'N'],
    [{ id: [allow(GET, when('StringLike', 'aws:PrincipalArn', 'arn:*'))], context: { 'aws:principalarn': userArn(A, 'ada') } }, 'Y'],
    [{ id: [allow(GET, when('NumericLessThan', 'x:n', '10'))], context: { 'x:n': 'many' } }, 'N'],
    [{ id: [allow(GET, when('DateGreaterThan', 'aws:EpochTime', '2020-01-01T00:00:00Z'))], context: { 'aws:epochtime': '1764288000' } }, 'Y'],
  ],
  'variables and lists': [
    [{ id: home, resource: repo('home/ada/x'), context: { 'aws:username': 'ada' } }, 'Y'],
    [{ who: session('r'), id: home, resource: repo('home/ada/x') }, 'N'],
    [{ id: home, resource: repo('home/ada/x'), context: { 'aws:username': 'ada' }, version: '2008-10-17' }, 'N'],
    [{ id: home, resource: repo('home/ada/x'), context: { 'aws:username': '*' } }, 'N'],
    [{ id: [allow(GET), { ...deny(GET), Resource: repo('home/${aws:username}/*') }], resource: repo('home/ada/x') }, 'Y'],
    [{ id: [allow(GET, { Resource: repo("home/${aws:username, 'nobody'}/*") })], resource: repo('home/nobody/x') }, 'Y'],
    [{ id: [allow(GET, teamIs)], context: { 'aws:resourcetag/team': 'red', 'aws:principaltag/team': 'red' } }, 'Y'],
    [{ id: [allow(GET, teamIs)], context: { 'aws:resourcetag/team': 'red' } }, 'N'],
    [{ id: tagKeys('ForAllValues:StringEquals'), action: 'ecr:TagResource' }, 'Y'],
    [{ id: tagKeys('ForAllValues:StringEquals'), action: 'ecr:TagResource', context: { 'aws:tagkeys': ['team', 'env'] } }, 'N'],
    [{ id: tagKeys('ForAnyValue:StringEquals'), action: 'ecr:TagResource', context: { 'aws:tagkeys': ['team', 'env'] } }, 'Y'],
    [{ id: tagKeys('ForAnyValue:StringEqualsIfExists'), action: 'ecr:TagResource' }, 'N'],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  describe(name, () => {
    test.each(cases)('%j → %s', (input, expected) => {
      expect(decide(input)).toBe(expected);
    });
  });
}

describe('set operators', () => {
  const values = { missing: undefined, none: [], a: ['a'], ab: ['a', 'b'], bc: ['b', 'c'] };
  // prettier-ignore
  test.each([
    ['ForAllValues:StringEquals',    'Y Y Y N N'],
    ['ForAllValues:StringLike',      'Y Y Y N N'],
    ['ForAllValues:StringNotEquals', 'Y Y N N Y'],
    ['ForAnyValue:StringEquals',     'N N Y Y N'],
    ['ForAnyValue:StringNotEquals',  'N N N Y Y'],
  ])('%s', (operator, expected) => {
    const got = Object.values(values).map((value) =>
      decide({ id: [allow(GET, when(operator, 'x:list', ['a', 'z']))], context: value ? { 'x:list': value } : {} }),
    );
    expect(got.join(' ')).toBe(expected);
  });
});

describe('a decision', () => {
  const compile = (name: string, Statement: Part[]) =>
    compilePolicy(name, parsePolicy({ Version: '2012-10-17', Statement }, 'identity'));
  test('names the statement behind it', () => {
    const identity = [
      compile('read', [{ Sid: 'Pull', ...allow(GET), Resource: '*' }]),
      compile('stop', [{ ...deny(PUT), Resource: '*' }]),
    ];
    const ask = (action: string) =>
      evaluate({
        principal: ada,
        action,
        resource: repo('x'),
        resourceAccount: A,
        context: {},
        policies: { identity, boundary: null, session: null, resource: [] },
      });
    expect(ask(GET)).toEqual({ outcome: 'allow', because: { policy: 'read', statement: 'Pull' } });
    expect(ask(PUT)).toEqual({ outcome: 'deny', because: { policy: 'stop', statement: 'statement 1' } });
    expect(ask('ecr:Other')).toEqual({ outcome: 'deny', because: null });
  });
});

test.each([
  ['an unknown element', 'identity', { ...allow(GET), Resource: '*', Effects: 'x' }],
  ['a wildcard in the service', 'identity', { ...allow('e*:BatchGetImage'), Resource: '*' }],
  ['no action', 'identity', { Effect: 'Allow', Resource: '*' }],
  ['Action beside NotAction', 'identity', { ...allow(GET), NotAction: GET, Resource: '*' }],
  ['a principal in an identity policy', 'identity', { ...allow(GET), Resource: '*', Principal: '*' }],
  ['no resource in an identity policy', 'identity', allow(GET)],
  ['no principal in a resource policy', 'resource', allow(GET)],
  ['Allow with NotPrincipal', 'resource', { ...allow(GET), NotPrincipal: { AWS: A } }],
  ['an unknown operator', 'identity', { ...allow(GET), Resource: '*', ...when('StringIs', 'a', 'b') }],
] as const)('rejects a policy with %s', (_what, kind, statement) => {
  expect(() => parsePolicy({ Statement: statement }, kind)).toThrow(/^Invalid policy\. /);
});
