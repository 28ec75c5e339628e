import { expect, test } from 'vitest';
import { createPolicyCache, findIdentityPolicies, joinPolicies } from './attached-policy.ts';
import { formatPolicyLabel, parsePolicyLabel, wordIdentityPolicy, type PolicyLabel } from './policy-labels.ts';

const inline = { name: 'ci', kind: 'inline', team: null } as const;

test.each<[PolicyLabel, string, string]>([
  [inline, 'ci', 'policy ci'],
  [{ ...inline, kind: 'managed' }, 'managed:ci', 'managed policy ci'],
  [{ ...inline, kind: 'aws' }, 'aws:ci', 'AWS policy ci'],
  [{ ...inline, team: 'release' }, 'team:release/ci', 'policy ci of the team release'],
  [{ ...inline, kind: 'aws', team: 'a.b' }, 'team:a.b/aws:ci', 'AWS policy ci of the team a.b'],
])('%o is labelled %s', (label, text, words) => {
  expect(formatPolicyLabel(label)).toBe(text);
  expect(parsePolicyLabel(`policy ${text}`)).toEqual(label);
  expect(wordIdentityPolicy(`policy ${text}`)).toBe(words);
});

test.each(['repository policy', 'VitrineOwner', 'policy', ''])('%j isn’t an identity policy', (policy) => {
  expect([parsePolicyLabel(policy), wordIdentityPolicy(policy)]).toEqual([null, null]);
});

test('a member’s own, attached and AWS policies are compiled together, and unknown ones of AWS left out', () => {
  const policy = '{\n"Statement":{"Effect":"Allow","Action":"ecr:*","Resource":"*"}}';
  const own = JSON.stringify([{ name: 'ci', policy }]);
  const attached = JSON.stringify([
    { name: 'managed:ci', policy },
    { name: 'team:release/aws:AmazonEC2ContainerRegistryPullOnly' },
    { name: 'aws:OfTomorrow' },
    { name: 'team:release/broken', policy: '{' },
  ]);
  const text = joinPolicies(own, attached);
  const found = findIdentityPolicies({ policies: createPolicyCache() }, text);
  expect(found.map(({ whole: { name } }) => name)).toEqual([
    'policy ci',
    'policy managed:ci',
    'policy team:release/aws:AmazonEC2ContainerRegistryPullOnly',
    'policy team:release/broken',
  ]);
  const pull = found[2]?.about('ecr:BatchGetImage').statements;
  expect(pull?.map(({ effect }) => effect)).toEqual(['Allow']);
  expect(found[2]?.about('ecr:PutImage').statements).toEqual([]);
  // What can't be read opens nothing.
  expect(found[3]?.about('ecr:PutImage').statements.map(({ effect }) => effect)).toEqual(['Deny']);
  expect([joinPolicies(own, null), joinPolicies(null, own), joinPolicies(null, null)]).toEqual([own, own, null]);
});
