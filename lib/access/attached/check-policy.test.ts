import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../policy-document.ts';
import { checkPolicy } from './check-policy.ts';
import type { PolicyTarget } from './schema.ts';
import { formatPolicy } from './format-policy.ts';

const PRIVATE: PolicyTarget = { kind: 'repository', visibility: 'private' };
const PUBLIC: PolicyTarget = { kind: 'repository', visibility: 'public' };
const REGISTRY: PolicyTarget = { kind: 'registry', scope: 'V2' };
const REGISTRY_V1: PolicyTarget = { kind: 'registry', scope: 'V1' };

/** A policy with one statement, whose elements are on line 4 and below. */
const withStatement = (...lines: string[]) =>
  ['{', '  "Version": "2012-10-17",', '  "Statement": [{', ...lines.map((line) => `    ${line}`), '  }]', '}'].join(
    '\n',
  );
const OPEN = ['"Effect": "Allow",', '"Principal": "*",'];
const PULL = '"Action": "ecr:BatchGetImage"';

const found = (text: string, target: PolicyTarget = PRIVATE) =>
  checkPolicy(text, target).findings.map(
    ({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`,
  );

test('a good policy has no findings', () => {
  const text = withStatement(...OPEN, PULL);
  expect(found(text)).toEqual([]);
  expect(checkPolicy(text, PRIVATE).document).toMatchObject({ Statement: [{ Action: ['ecr:BatchGetImage'] }] });
});

test.each<[string, string, RegExp]>([
  ['nothing', '', /^error 1:1 The JSON ends too early/],
  ['a missing comma', '{\n  "Version": "2012-10-17"\n  "Statement": []\n}', /^error 3:3 Expected "," or "}" here/],
  ['a trailing comma', '{"Statement": [],}', /^error 1:18 Expected a name/],
  ['text after the end', '{"Statement": []} x', /^error 1:19 The JSON ends before this/],
  ['a duplicate element', '{"Statement": [], "Statement": []}', /^error 1:19 "Statement" appears twice/],
  ['deep nesting', '['.repeat(5000), /^error 1:66 This is nested too deeply/],
  ['a list', '[]', /^error 1:1 /],
  ['no statement', '{"Version": "2012-10-17"}', /^error 1:1 /],
  ['an empty list of statements', '{"Statement": []}', /^error 1:2 Enter at least one statement/],
  ['a single bad statement', '{"Statement": {"Effect": "Permit"}}', /^error 1:16 /],
  ['an unknown element', withStatement(...OPEN, `${PULL},`, '"Effects": "Allow"'), /^error 7:5 /],
  ['a malformed action', withStatement(...OPEN, '"Action": ["ecr:*", "e*:x"]'), /^error 6:25 An action must be/],
  [
    'an unknown operator',
    withStatement(...OPEN, `${PULL},`, '"Condition": {"StringIs": {"a": "b"}}'),
    /^error 7:19 Unknown condition operator/,
  ],
  ['too much text', withStatement(...OPEN, PULL).padEnd(10_241), /^error 1:1 A policy can have at most 10240/],
  [
    'many question marks',
    withStatement(...OPEN, PULL).padEnd(5_000, '?'),
    /^error 1:1 A policy can have at most 200 question/,
  ],
  ['no principal', withStatement('"Effect": "Allow",', PULL), /^error 3:\d+ Add Principal/],
])('a policy with %s is refused at its place', (_what, text, expected) => {
  expect(found(text)[0]).toMatch(expected);
  expect(checkPolicy(text, PRIVATE).document).toBeNull();
});

describe('what a statement says', () => {
  // prettier-ignore
  test.each<[string, string[], PolicyTarget, RegExp]>([
    ['an unknown action', [...OPEN, '"Action": ["ecr:BatchGetImage", "ecr:PullImage"]'], PRIVATE, /^error 6:37 "ecr:PullImage" isn't an action/],
    ['a wildcard that matches nothing', [...OPEN, '"Action": "ecr:Pull*"'], PRIVATE, /^error 6:5 "ecr:Pull\*" isn't an action/],
    ['an action of another service', [...OPEN, '"Action": "s3:GetObject"'], PRIVATE, /^error 6:5 /],
    ['an action of public repositories', [...OPEN, '"Action": "ecr-public:PutImage"'], PRIVATE, /^warning 6:5 "ecr-public:PutImage" has no effect/],
    ['an action without a repository', [...OPEN, '"Action": "ecr:GetAuthorizationToken"'], PRIVATE, /^warning 6:5 .* has no effect/],
    ['a pull of a public repository', [...OPEN, PULL], PUBLIC, /^warning 6:5 "ecr:BatchGetImage" has no effect/],
    ['a resource', [...OPEN, `${PULL},`, '"Resource": "*"'], PRIVATE, /^error 7:5 Remove Resource/],
    ['no resource of a registry', [...OPEN, PULL], REGISTRY, /^error 3:\d+ Add Resource/],
    ['an action that a registry does not decide', [...OPEN, '"Action": ["ecr:PutRegistryPolicy", "ecr-public:PutImage"],', '"Resource": "*"'], REGISTRY, /^warning 6:41 .* A registry policy is about actions of ecr\./],
    ['an action outside of V1', [...OPEN, '"Action": ["ecr:ReplicateImage", "ecr:BatchGetImage"],', '"Resource": "*"'], REGISTRY_V1, /^warning 6:38 "ecr:BatchGetImage" has no effect\. The scope V1 is about/],
    ['a wildcard in a principal', ['"Effect": "Allow",', '"Principal": {"AWS": "arn:aws:iam::111111111111:user/*"},', PULL], PRIVATE, /^error 5:19 Wildcards don't work/],
    ['no principal', ['"Effect": "Allow",', '"Principal": {"AWS": ["*", "ada"]},', PULL], PRIVATE, /^error 5:32 "ada" isn't a principal/],
    ['an identity provider', ['"Effect": "Allow",', '"Principal": {"Federated": "x"},', PULL], PRIVATE, /^error 5:19 Remove Federated/],
    ['a service', ['"Effect": "Allow",', '"Principal": {"Service": "lambda.amazonaws.com"},', PULL], PRIVATE, /^warning 5:19 AWS services never/],
    ['an address', [...OPEN, `${PULL},`, '"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0/8"]}}'], PRIVATE, /^error 7:64 "10.0.0\/8" isn't an IP address/],
    ['a date', [...OPEN, `${PULL},`, '"Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}'], PRIVATE, /^error 7:36 "tomorrow" isn't a date/],
    ['a day that does not exist', [...OPEN, `${PULL},`, '"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-13-01"}}'], PRIVATE, /^error 7:36 /],
    ['a boolean', [...OPEN, `${PULL},`, '"Condition": {"Bool": {"aws:SecureTransport": "yes"}}'], PRIVATE, /^error 7:28 "yes" isn't true or false/],
    ['an empty time window', [...OPEN, `${PULL},`, '"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2027-01-01"}, "DateLessThan": {"aws:CurrentTime": "2026-01-01"}}'], PRIVATE, /^error 7:39 No value of aws:CurrentTime/],
    ['a key that no request has', [...OPEN, `${PULL},`, '"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}'], PRIVATE, /^warning 7:36 Requests to this site don't have/],
  ])('%s', (_what, lines, target, expected) => {
    expect(found(withStatement(...lines), target)).toEqual([expect.stringMatching(expected)]);
  });

  test('a variable of the older version', () => {
    const text = withStatement(...OPEN, `${PULL},`, '"Condition": {"StringLike": {"aws:username": "${aws:userid}"}}');
    expect(found(text)).toEqual([]);
    expect(found(text.replace('2012-10-17', '2008-10-17'))).toEqual([
      expect.stringMatching(/^warning .*variables need/),
    ]);
  });
});

test('names its principals with their places', () => {
  const principals = '"Principal": {"AWS": ["111111111111", "arn:aws:iam::222222222222:user/ada"]},';
  const text = withStatement('"Effect": "Allow",', principals, PULL);
  expect(checkPolicy(text, PRIVATE).principals).toEqual([
    { principal: { kind: 'registry', registryId: '111111111111' }, text: '111111111111', line: 5, column: 27 },
    {
      principal: { kind: 'user', registryId: '222222222222', name: 'ada' },
      text: 'arn:aws:iam::222222222222:user/ada',
      line: 5,
      column: 43,
    },
  ]);
});

test('is spelled as ECR spells it', () => {
  const document = parsePolicy(
    {
      Statement: {
        Action: ['ecr:BatchGetImage'],
        Principal: { AWS: ['111111111111'] },
        Effect: 'Allow',
        Sid: 'Pull',
        Condition: { Bool: { 'aws:SecureTransport': true } },
      },
    },
    'resource',
  );
  expect(formatPolicy(document)).toBe(`{
  "Version" : "2008-10-17",
  "Statement" : [ {
    "Sid" : "Pull",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111111111111:root"
    },
    "Action" : "ecr:BatchGetImage",
    "Condition" : {
      "Bool" : {
        "aws:SecureTransport" : "true"
      }
    }
  } ]
}`);
  expect(parsePolicy(JSON.parse(formatPolicy(document)), 'resource').Statement).toHaveLength(1);
});
