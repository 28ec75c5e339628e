// Decisions with their reasons, written from IAM's rules: who is named how, which operator holds when, what patterns cover.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Each cell is one decision: `i` or `r` allowed by the identity or resource policy, `a` allowed as the account's root user,
// `I` or `R` denied by a statement, `-` allowed by none.
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../compile-policy.ts';
import { evaluate, type Decision, type PolicyPrincipal, type PolicySet } from '../evaluate.ts';
import { parsePolicy, type PolicyKind } from '../policy-document.ts';
import type { ContextValues } from '../text-pattern.ts';

const A = '111111111111';
const B = '222222222222';
const GET = 'ecr:BatchGetImage';
const repo = (name: string) => `arn:aws:ecr:eu-west-1:${A}:repository/${name}`;
const ADA = `arn:aws:iam::${A}:user/ada`;
const BOB = `arn:aws:iam::${B}:user/bob`;
const ROOT = `arn:aws:iam::${A}:root`;
const CI = `arn:aws:iam::${A}:role/ci`;
const runOf = (name: string) => `arn:aws:sts::${A}:assumed-role/ci/${name}`;

const sessionOf = (name: string): PolicyPrincipal => ({ kind: 'session', account: A, arn: runOf(name), roleArn: CI });
const ada: PolicyPrincipal = { kind: 'user', account: A, arn: ADA };
/** The columns of the tables about principals. */
const CALLERS: PolicyPrincipal[] = [
  ada,
  { kind: 'user', account: A, arn: `arn:aws:iam::${A}:user/eve` },
  sessionOf('run1'),
  sessionOf('run2'),
  { kind: 'user', account: B, arn: BOB },
  { kind: 'root', account: A },
  { kind: 'anonymous' },
];

type Part = Record<string, unknown>;
type Asked = {
  who?: PolicyPrincipal;
  action?: string;
  resource?: string;
  identity?: Part[];
  resourcePolicy?: Part[];
  context?: ContextValues;
};

function decide({ who = ada, action = GET, resource = repo('team/app'), context = {}, ...asked }: Asked): string {
  const compile = (name: string, kind: PolicyKind, Statement: Part[] | undefined) =>
    Statement ? [compilePolicy(name, parsePolicy({ Version: '2012-10-17', Statement }, kind))] : [];
  const policies: PolicySet = {
    identity: compile('identity', 'identity', asked.identity),
    resource: compile('resource', 'resource', asked.resourcePolicy),
    boundary: null,
    session: null,
  };
  return toCell(evaluate({ principal: who, action, resource, resourceAccount: A, context, policies }));
}

function toCell({ outcome, because }: Decision): string {
  if (!because) return outcome === 'allow' ? 'a' : '-';
  const letter = because.policy === 'identity' ? 'i' : 'r';
  return outcome === 'allow' ? letter : letter.toUpperCase();
}

const allowed = (more: Part = {}) => ({ Effect: 'Allow', Action: GET, ...more });
const denied = (more: Part = {}) => ({ ...allowed(more), Effect: 'Deny' });
const EVERYTHING = [allowed({ Resource: '*' })];
const rowOf = (decideFor: (who: PolicyPrincipal) => string) => CALLERS.map(decideFor).join(' ');

/** Anonymous clients have no identity policy, and nothing can be attached to a root user. */
const identityOf = (who: PolicyPrincipal) => (who.kind === 'user' || who.kind === 'session' ? EVERYTHING : undefined);
const withIdentity = (who: PolicyPrincipal, resourcePolicy: Part[]) => {
  const identity = identityOf(who);
  return decide({ who, resourcePolicy, ...(identity && { identity }) });
};

describe('an allowance of the resource policy to', () => {
  // prettier-ignore
  const ROWS: [string, unknown, string, string][] = [
    //                                                 ada eve run1 run2 bob root anonymous
    //                                                 no identity policy | one that allows it
    ['everyone',               '*',                    'r r r r - a r', 'r r r r r a r'],
    ['everyone, as a list',    { AWS: ['*'] },         'r r r r - a r', 'r r r r r a r'],
    ['the account',            { AWS: A },             '- - - - - a -', 'i i i i - a -'],
    ['the account’s root',     { AWS: ROOT },          '- - - - - a -', 'i i i i - a -'],
    ['a user',                 { AWS: ADA },           'r - - - - a -', 'r i i i - a -'],
    ['a role',                 { AWS: CI },            '- - r r - a -', 'i i r r - a -'],
    ['a session',              { AWS: runOf('run1') }, '- - r - - a -', 'i i r i - a -'],
    ['another account',        { AWS: B },             '- - - - - a -', 'i i i i r a -'],
    ['a user of another one',  { AWS: BOB },           '- - - - - a -', 'i i i i r a -'],
    ['a user and an account',  { AWS: [ADA, B] },      'r - - - - a -', 'r i i i r a -'],
    ['a pattern of users',     { AWS: `arn:aws:iam::${A}:user/*` }, '- - - - - a -', 'i i i i - a -'],
    ['a service',              { Service: 'lambda.amazonaws.com' }, '- - - - - a -', 'i i i i - a -'],
  ];
  test.each(ROWS)('%s', (_what, Principal, alone, beside) => {
    const policy = [allowed({ Principal })];
    expect(rowOf((who) => decide({ who, resourcePolicy: policy }))).toBe(alone);
    expect(rowOf((who) => withIdentity(who, policy))).toBe(beside);
  });
});

describe('a denial in the resource policy, beside allowances to everyone, of', () => {
  // prettier-ignore
  const ROWS: [string, Part, string][] = [
    ['everyone',                 { Principal: '*' },                              'R R R R R R R'],
    ['the account',              { Principal: { AWS: A } },                       'R R R R r R r'],
    ['a user',                   { Principal: { AWS: ADA } },                     'R r r r r a r'],
    ['a role',                   { Principal: { AWS: CI } },                      'r r R R r a r'],
    ['a session',                { Principal: { AWS: runOf('run1') } },           'r r R r r a r'],
    ['another account',          { Principal: { AWS: B } },                       'r r r r R a r'],
    ['a user of another one',    { Principal: { AWS: BOB } },                     'r r r r R a r'],
    ['all but everyone',         { NotPrincipal: '*' },                           'r r r r r a r'],
    ['all but a user',           { NotPrincipal: { AWS: [ADA, A] } },             'r R R R R a R'],
    ['all but a lone user',      { NotPrincipal: { AWS: ADA } },                  'R R R R R R R'],
    ['all but a session',        { NotPrincipal: { AWS: [runOf('run1'), CI, A] } }, 'R R r R R a R'],
    ['all but a role',           { NotPrincipal: { AWS: [CI, A] } },              'R R R R R a R'],
    ['all but another account',  { NotPrincipal: { AWS: [BOB, B] } },             'R R R R r R R'],
  ];
  test.each(ROWS)('%s', (_what, whom, expected) => {
    const policy = [allowed({ Principal: '*' }), denied(whom)];
    expect(rowOf((who) => withIdentity(who, policy))).toBe(expected);
  });
});

test('a denial in the identity policy wins over every allowance', () => {
  const identity = [...EVERYTHING, denied({ Resource: '*' })];
  const resourcePolicy = [allowed({ Principal: '*' })];
  const members = CALLERS.slice(0, 5);
  expect(members.map((who) => decide({ who, identity, resourcePolicy })).join(' ')).toBe('I I I I I');
});

describe('the operator', () => {
  const [POSITIVE, NEGATIVE] = ['i - - i', '- i i i'];
  // Wanted, the same, another. Columns: the same value, another one, none, none with IfExists.
  // prettier-ignore
  const ROWS: [string, string, string, string, string][] = [
    ['StringEquals',              'red', 'red', 'Red', POSITIVE],
    ['StringNotEquals',           'red', 'red', 'Red', NEGATIVE],
    ['StringEqualsIgnoreCase',    'red', 'RED', 'blue', POSITIVE],
    ['StringNotEqualsIgnoreCase', 'red', 'RED', 'blue', NEGATIVE],
    ['StringLike',                'r?d*', 'red-1', 'rd', POSITIVE],
    ['StringNotLike',             'r?d*', 'red-1', 'rd', NEGATIVE],
    ['NumericEquals',             '10', '10.0', '11', POSITIVE],
    ['NumericNotEquals',          '10', '10.0', '11', NEGATIVE],
    ['NumericLessThan',           '10', '9', '10', POSITIVE],
    ['NumericLessThanEquals',     '10', '10', '11', POSITIVE],
    ['NumericGreaterThan',        '10', '11', '10', POSITIVE],
    ['NumericGreaterThanEquals',  '10', '10', '9', POSITIVE],
    ['DateEquals',                '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02T00:00:00Z', POSITIVE],
    ['DateNotEquals',             '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02T00:00:00Z', NEGATIVE],
    ['DateLessThan',              '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', POSITIVE],
    ['DateLessThanEquals',        '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', POSITIVE],
    ['DateGreaterThan',           '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z', POSITIVE],
    ['DateGreaterThanEquals',     '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', POSITIVE],
    ['Bool',                      'true', 'TRUE', 'false', POSITIVE],
    ['BinaryEquals',              'cmVk', 'cmVk', 'Ymx1ZQ==', POSITIVE],
    ['IpAddress',                 '192.0.2.0/24', '192.0.2.255', '192.0.3.0', POSITIVE],
    ['IpAddress',                 '2001:db8::/32', '2001:db8:ffff::1', '2001:db9::', POSITIVE],
    ['NotIpAddress',              '192.0.2.0/24', '192.0.2.255', '192.0.3.0', NEGATIVE],
    ['ArnEquals',                 `arn:aws:iam::${A}:user/*`, ADA, BOB, POSITIVE],
    ['ArnLike',                   'arn:aws:iam::*:user/ada', ADA, BOB, POSITIVE],
    ['ArnNotEquals',              `arn:aws:iam::${A}:user/*`, ADA, BOB, NEGATIVE],
    ['ArnNotLike',                'arn:aws:iam::*:user/ada', ADA, BOB, NEGATIVE],
  ];
  const ask = (operator: string, wanted: string, given?: string) =>
    decide({
      identity: [allowed({ Resource: '*', Condition: { [operator]: { 'x:Key': wanted } } })],
      context: given === undefined ? {} : { 'x:key': given },
    });
  test.each(ROWS)('%s %s', (operator, wanted, same, other, expected) => {
    const cells = [ask(operator, wanted, same), ask(operator, wanted, other), ask(operator, wanted)];
    expect([...cells, ask(`${operator}IfExists`, wanted)].join(' ')).toBe(expected);
  });
});

describe('the resource', () => {
  const NAMES = ['team/app', 'team/x/y', 'team', 'Team/app', 'other'];
  // prettier-ignore
  const ROWS: [string, string][] = [
    ['*',                                           'i i i i i'],
    [repo('*'),                                     'i i i i i'],
    [repo('team/*'),                                'i i - - -'],
    [repo('team*'),                                 'i i i - -'],
    [repo('*/app'),                                 'i - - i -'],
    [repo('team/app'),                              'i - - - -'],
    [repo('t?am/app'),                              'i - - - -'],
    [repo('????'),                                  '- - i - -'],
    ['arn:aws:ecr:*',                               'i i i i i'],
    [`arn:aws:ecr:*:*:repository/team/app`,         'i - - - -'],
    [`arn:aws:ecr:us-west-2:${A}:repository/*`,     '- - - - -'],
    [`arn:aws:ecr::${A}:repository/*`,              '- - - - -'],
    [`arn:aws:ecr-public::${A}:repository/*`,       '- - - - -'],
    [`arn:aws:ecr:*:${B}:repository/*`,             '- - - - -'],
  ];
  test.each(ROWS)('%s', (Resource, expected) => {
    const covered = NAMES.map((name) => decide({ identity: [allowed({ Resource })], resource: repo(name) }));
    expect(covered.join(' ')).toBe(expected);
    // NotResource covers exactly the others.
    const others = NAMES.map((name) =>
      decide({ identity: [allowed({ NotResource: Resource })], resource: repo(name) }),
    );
    expect(others.join(' ')).toBe(expected.replace(/[i-]/g, (cell) => (cell === 'i' ? '-' : 'i')));
  });
});

describe('the action', () => {
  const NAMES = [GET, 'ecr:PutImage', 'ecr:DeleteRepository', 'ecr-public:PutImage', 'sts:AssumeRole'];
  // prettier-ignore
  const ROWS: [string, string][] = [
    ['*',              'i i i i i'],
    ['ecr:*',          'i i i - -'],
    ['ecr:Batch*',     'i - - - -'],
    ['ECR:putimage',   '- i - - -'],
    ['ecr:*Image',     'i i - - -'],
    ['ecr:Put?mage',   '- i - - -'],
    ['ecr:PutImag',    '- - - - -'],
    ['ecr-public:*',   '- - - i -'],
    ['sts:AssumeRole', '- - - - i'],
  ];
  test.each(ROWS)('%s', (Action, expected) => {
    const ask = (part: Part) =>
      NAMES.map((action) => decide({ action, identity: [{ Effect: 'Allow', Resource: '*', ...part }] })).join(' ');
    expect(ask({ Action })).toBe(expected);
    expect(ask({ NotAction: Action })).toBe(expected.replace(/[i-]/g, (cell) => (cell === 'i' ? '-' : 'i')));
  });
});
