import { expect, test } from 'vitest';
import { explanationLink } from './explanation-link.ts';

const path = { alias: 'acme', name: 'app' };
const refused = { address: '192.0.2.7', at: new Date('2027-01-04T08:00:00Z'), after: null };
const principalOf = (actor: string) => {
  const link = explanationLink(path, { ...refused, actor, action: 'push.refuse' });
  return new URL(link ?? '', 'http://localhost').searchParams.get('principal');
};

test('a refused request leads to the simulator with who, what, from where and when', () => {
  expect(explanationLink(path, { ...refused, actor: 'ada@example.org', action: 'delete.refuse' })).toBe(
    '/console/repositories/acme/app/-/access?principal=ada%40example.org&action=delete&address=192.0.2.7&at=2027-01-04T08%3A00%3A00.000Z#simulator',
  );
  expect(explanationLink(path, { ...refused, actor: 'ada@example.org', action: 'manifest.push' })).toBeNull();
  expect(explanationLink(path, { ...refused, actor: 'another user', action: 'push.refuse' })).toBeNull();
});

test('a refused call of the AWS APIs is explained by its action', () => {
  const linkOf = (after: unknown) =>
    explanationLink(path, { ...refused, actor: 'ada@example.org', action: 'api.refuse', after });
  expect(linkOf({ operation: 'ecr:DescribeImages' })).toContain('&action=ecr%3ADescribeImages&');
  for (const operation of ['ecr:CreateRepository', 'ecr:PutRegistryPolicy', 'sts:AssumeRole', 7])
    expect(linkOf({ operation })).toBeNull();
  expect(linkOf(null)).toBeNull();
});

test('robots and roles are named as the simulator knows them', () => {
  expect([
    principalOf('robot:111122223333/ci'),
    principalOf('role:111122223333/deploy'),
    principalOf('role:111122223333/deploy/run-7'),
    principalOf('anonymous'),
  ]).toEqual([
    'ci',
    'arn:aws:iam::111122223333:role/deploy',
    'arn:aws:sts::111122223333:assumed-role/deploy/run-7',
    'anonymous',
  ]);
});
