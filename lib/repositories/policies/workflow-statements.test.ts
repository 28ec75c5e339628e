import { describe, expect, test } from 'vitest';
import { checkPolicy } from '#lib/access/attached/check-policy.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { writeSample } from './policy-samples.ts';
import {
  findTrustedWorkflow,
  trustedWorkflowSchema,
  withoutWorkflow,
  writeWorkflowStatements,
} from './workflow-statements.ts';

const GITHUB = 'acme/web/.github/workflows/publish.yml@refs/heads/main';
const GITLAB = 'gitlab.example/acme/web//.gitlab-ci.yml@refs/tags/v*';
const read = (input: object) => parseInput(trustedWorkflowSchema, { repositoryId: '42', workflow: GITHUB, ...input });
const other = { Sid: 'OnlyThisWorkflow', Effect: 'Allow', Principal: '*', Action: 'ecr:ListImages' };

type Written = { Sid: string; Action: string[]; Condition: Record<string, Record<string, string>> };
const written = (visibility: 'private' | 'public' = 'private') =>
  writeWorkflowStatements(read({}), visibility) as unknown as Written[];

test('the form of the workflow tells the service', () => {
  expect(read({})).toEqual({
    service: 'github',
    issuer: 'https://token.actions.githubusercontent.com',
    repositoryId: '42',
    workflow: GITHUB,
  });
  expect(read({ workflow: GITLAB })).toMatchObject({ service: 'gitlab', issuer: 'https://gitlab.com' });
  const issuer = 'https://gitlab.example';
  expect(read({ workflow: GITLAB, issuer })).toMatchObject({ service: 'gitlab', issuer });
});

test.each([
  { repositoryId: 'acme/web' },
  { repositoryId: '0' },
  { repositoryId: '*' },
  { workflow: 'publish.yml' },
  { workflow: 'acme/web/publish.yml' },
  { workflow: '*' },
  { workflow: `${GITHUB} x` },
  { workflow: 'acme/web/${aws:username}@main' },
  { workflow: `a/b/${'c'.repeat(512)}@d` },
  { issuer: 'token.actions.githubusercontent.com' },
  { issuer: 'https://gitlab.example?x' },
])('%j is refused', (input) => expect(() => read(input)).toThrow());

test.each(['private', 'public'] as const)('what is written for a %s repository is found again', (visibility) => {
  for (const workflow of [GITHUB, GITLAB, 'acme/web/.github/workflows/*@refs/heads/main']) {
    const chosen = read({ workflow });
    const statements = writeWorkflowStatements(chosen, visibility);
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    expect(checkPolicy(text, { kind: 'repository', visibility }).findings).toEqual([]);
    expect(findTrustedWorkflow([other, ...statements], visibility)).toEqual({ ...chosen, isInEffect: true });
    expect(withoutWorkflow([other, ...statements])).toEqual([other]);
    const changed = visibility === 'public' ? 'private' : 'public';
    expect(findTrustedWorkflow(statements, changed)).toEqual({ ...chosen, isInEffect: false });
  }
});

test('the sample is found', () => {
  const sample = JSON.parse(writeSample('workflow', { registryId: '1', visibility: 'public' })) as {
    Statement: unknown[];
  };
  expect(findTrustedWorkflow(sample.Statement, 'public')).toMatchObject({ repositoryId: '1234567', isInEffect: true });
});

describe('not found', () => {
  test('without one of the statements', () => {
    for (const missing of written()) {
      expect(
        findTrustedWorkflow(
          written().filter(({ Sid }) => Sid !== missing.Sid),
          'private',
        ),
      ).toBeNull();
    }
  });

  test.each<[string, (statement: Written) => object]>([
    ['that allow', (one) => ({ ...one, Effect: 'Allow' })],
    ['about one user', (one) => ({ ...one, Principal: { AWS: '111122223333' } })],
    ['that leave PutImage out', (one) => ({ ...one, Action: one.Action.slice(0, 3) })],
    ['about a resource', (one) => ({ ...one, Resource: 'arn:aws:ecr-public::1:repository/x' })],
    [
      'with another condition',
      (one) => ({ ...one, Condition: { ...one.Condition, Bool: { 'aws:SecureTransport': 'true' } } }),
    ],
    [
      'that deny the workflow itself',
      (one) => ({ ...one, Condition: { StringEquals: one.Condition['StringNotEquals'] } }),
    ],
    ['with two values', (one) => ({ ...one, Condition: { StringNotEquals: { 'vitrine:claim/iss': ['a', 'b'] } } })],
    ['about another claim', (one) => ({ ...one, Condition: { StringNotEquals: { 'vitrine:claim/sub': 'a' } } })],
  ])('statements %s', (_, change) => {
    const statements = written().map(change);
    expect(findTrustedWorkflow(statements, 'private')).toBeNull();
    expect(withoutWorkflow(statements)).toEqual(statements);
  });

  test('two workflows, which leave nobody', () => {
    const second = writeWorkflowStatements(read({ repositoryId: '43' }), 'private');
    expect(findTrustedWorkflow([...written(), ...second], 'private')).toBeNull();
  });

  test.each([null, 'x', 1, [], {}])('%j', (statement) =>
    expect(findTrustedWorkflow([statement], 'private')).toBeNull(),
  );
});
