import { expect, test } from 'vitest';
import { checkTrustPolicy } from '#lib/access/trust/check-trust-policy.ts';
import { decideWebIdentity } from '#lib/access/trust/decide-trust.ts';
import { listTrusted } from '#lib/access/trust/list-trusted.ts';
import { sampleFields, TRUST_SAMPLES, writeTrustSample, type TrustSample } from './trust-samples.ts';

const registryId = '123456789012';
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER_ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const CLUSTER = 'https://cluster.example';

type Case = {
  values: Record<string, string>;
  issuer: string;
  trusted: Record<string, string>;
  /** Claims that make the same token an untrusted one. */
  refused: Record<string, string>[];
};

const TOKENS: Record<Exclude<TrustSample, 'registry'>, Case> = {
  github: {
    values: { repositoryId: '42', ref: 'refs/heads/main', environment: 'production' },
    issuer: 'https://token.actions.githubusercontent.com',
    trusted: { repository_id: '42', ref: 'refs/heads/main', environment: 'production', event_name: 'push' },
    refused: [
      { repository_id: '43' },
      { ref: 'refs/heads/main2' },
      { environment: 'test' },
      { event_name: 'pull_request_target' },
    ],
  },
  gitlab: {
    values: { issuer: 'https://gitlab.com', projectId: '7', ref: 'main' },
    issuer: 'https://gitlab.com',
    trusted: { project_id: '7', ref: 'main', ref_type: 'branch', ref_protected: 'true' },
    refused: [{ project_id: '8' }, { ref: 'other' }, { ref_type: 'tag' }, { ref_protected: 'false' }],
  },
  circleci: {
    values: { organizationId: ID, projectId: OTHER_ID },
    issuer: `https://oidc.circleci.com/org/${ID}`,
    trusted: { 'oidc.circleci.com/project-id': OTHER_ID },
    refused: [{ 'oidc.circleci.com/project-id': ID }],
  },
  buildkite: {
    values: { pipelineId: ID, branch: 'main' },
    issuer: 'https://agent.buildkite.com',
    trusted: { pipeline_id: ID, build_branch: 'main' },
    refused: [{ pipeline_id: OTHER_ID }, { build_branch: 'other' }],
  },
  kubernetes: {
    values: { issuer: CLUSTER, namespace: 'shop', serviceAccount: 'web' },
    issuer: CLUSTER,
    trusted: { sub: 'system:serviceaccount:shop:web' },
    refused: [{ sub: 'system:serviceaccount:shop:other' }],
  },
};

test.each(Object.keys(TOKENS) as (keyof typeof TOKENS)[])('the sample %s trusts its tokens and no others', (sample) => {
  const { values, issuer, trusted, refused } = TOKENS[sample];
  const { policy, provider } = write(sample, values);
  expect(provider?.issuer).toBe(issuer);
  const trustPolicy = checkTrustPolicy(policy, { registryId, issuers: [issuer] });
  const role = { registryId, name: 'deploy', trustPolicy };
  const site = { region: 'us-east-1', isSecure: true };
  const context = { address: '203.0.113.5', requestId: null, userAgent: null, site };
  const decide = (claims: Record<string, string>) =>
    decideWebIdentity(role, { issuer, claims, context, sessionName: 'ci' }).outcome;
  expect(decide(trusted)).toBe('allow');
  for (const change of refused) expect(decide({ ...trusted, ...change }), JSON.stringify(change)).not.toBe('allow');
  expect(decide({})).not.toBe('allow');
});

test('the sample of another registry names it, and asks for its external id', () => {
  const { policy, provider } = write('registry', { registry: '210987654321', externalId: 'acme' });
  expect(provider).toBeNull();
  expect(listTrusted(policy)).toEqual(['210987654321']);
  expect(checkTrustPolicy(policy, { registryId, issuers: [] }).Statement[0]?.Condition).toEqual({
    StringEquals: { 'sts:ExternalId': ['acme'] },
  });
});

test('optional fields that are empty aren’t compared', () => {
  const { policy } = write('github', { repositoryId: '42', ref: '', environment: '' });
  expect(policy).toContain(':repository_id": "42"');
  expect(policy).not.toContain(':ref"');
  expect(write('gitlab', { ...TOKENS.gitlab.values, ref: '' }).policy).not.toContain('ref_type');
});

test.each(TRUST_SAMPLES)('the sample %s refuses empty and hostile fields', (sample) => {
  const required = sampleFields(sample).filter(({ isOptional }) => !isOptional);
  const empty = writeTrustSample(sample, {}, { registryId });
  expect(Object.keys('fieldErrors' in empty ? empty.fieldErrors : {})).toEqual(required.map(({ name }) => name));
  const hostile = Object.fromEntries(required.map(({ name }) => [name, '*"}\n']));
  const answer = writeTrustSample(sample, hostile, { registryId });
  expect(Object.keys('fieldErrors' in answer ? answer.fieldErrors : {})).toEqual(required.map(({ name }) => name));
});

test('findings name line and column', () => {
  const { policy } = write('github', { repositoryId: '42' });
  const check = (text: string, issuers: string[]) => () => checkTrustPolicy(text, { registryId, issuers });
  expect(check(policy, [])).toThrow(/^Invalid trust policy. Line 7, column 9: The registry has no identity provider /);
  const open = policy.replace(':repository_id', ':repository');
  expect(check(open, [TOKENS.github.issuer])).toThrow(/Line 10, column 7: GitHub Actions signs tokens for everybody/);
  expect(check('{"Statement": [}', [])).toThrow(/Line 1, column 16: /);
});

function write(sample: TrustSample, values: Record<string, string>) {
  const answer = writeTrustSample(sample, values, { registryId });
  if (!('written' in answer)) throw new Error(JSON.stringify(answer));
  return answer.written;
}
