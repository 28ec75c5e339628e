import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { policySnippets } from './policy-snippets.ts';

const POLICY = `{
  "Statement": { "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Sid": "It's \\"mine\\"",
    "Condition": { "StringNotEquals": { "aws:ResourceTag/team": "\${aws:PrincipalTag/team}" } } }
}`;
const codeOf = (title: string, target: Parameters<typeof policySnippets>[0]) =>
  policySnippets(target, POLICY).find((snippet) => snippet.title === title)?.code ?? '';

test('the shell writes the policy as it is, and the command names the repository', () => {
  const code = codeOf('AWS CLI', { kind: 'repository', name: 'team/app', visibility: 'private' });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-snippets-'));
  try {
    writeFileSync(join(folder, 'aws'), '#!/bin/sh\necho "$@" > asked\n', { mode: 0o755 });
    execFileSync('sh', ['-c', code], { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
    expect(readFileSync(join(folder, 'policy.json'), 'utf8')).toBe(`${POLICY}\n`);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(
      'ecr set-repository-policy --repository-name team/app --policy-text file://policy.json\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Terraform gets the resource of each kind, and variables of IAM escaped', () => {
  const code = codeOf('Terraform', { kind: 'repository', name: 'team/app', visibility: 'public' });
  expect(code).toContain('resource "aws_ecrpublic_repository_policy" "this" {\n  repository_name = "team/app"\n');
  expect(code).toContain('"$${aws:PrincipalTag/team}"');
  expect(code.replaceAll('$${', '${').replaceAll('\n    ', '\n')).toContain(POLICY);
  expect(codeOf('Terraform', { kind: 'repository', name: 'a', visibility: 'private' })).toContain(
    '"aws_ecr_repository_policy"',
  );
  expect(codeOf('Terraform', { kind: 'registry' })).toMatch(
    /^resource "aws_ecr_registry_policy" "this" \{\n {2}policy/,
  );
  expect(codeOf('AWS CLI', { kind: 'registry' })).toContain('aws ecr put-registry-policy --policy-text');
});
