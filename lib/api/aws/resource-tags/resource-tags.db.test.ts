import * as ecr from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';

let vitrine: TestApp;
let user: TestUser;
let key: CreatedAccessKey;
let aws: AwsClients;

beforeAll(async () => {
  vitrine = await createTestApp();
  user = await vitrine.createUser();
  key = await createTestKey(vitrine, user);
  aws = createAwsClients(vitrine.url, key);
  await aws.ecr.send(new ecr.CreateRepositoryCommand({ repositoryName: 'kept/private' }));
  await aws.ecrPublic.send(new ecrPublic.CreateRepositoryCommand({ repositoryName: 'kept/public' }));
});
afterAll(() => vitrine.close());

type Tags = { Key: string; Value: string }[];
const SERVICES = {
  ecr: {
    arn: () => `arn:aws:ecr:eu-central-1:${key.registryId}:repository/kept/private`,
    tag: (resourceArn: string, tags: Tags) => aws.ecr.send(new ecr.TagResourceCommand({ resourceArn, tags })),
    untag: (resourceArn: string, tagKeys: string[]) =>
      aws.ecr.send(new ecr.UntagResourceCommand({ resourceArn, tagKeys })),
    list: async (resourceArn: string) => (await aws.ecr.send(new ecr.ListTagsForResourceCommand({ resourceArn }))).tags,
  },
  'ecr-public': {
    arn: () => `arn:aws:ecr-public::${key.registryId}:repository/kept/public`,
    tag: (resourceArn: string, tags: Tags) =>
      aws.ecrPublic.send(new ecrPublic.TagResourceCommand({ resourceArn, tags })),
    untag: (resourceArn: string, tagKeys: string[]) =>
      aws.ecrPublic.send(new ecrPublic.UntagResourceCommand({ resourceArn, tagKeys })),
    list: async (resourceArn: string) =>
      (await aws.ecrPublic.send(new ecrPublic.ListTagsForResourceCommand({ resourceArn }))).tags,
  },
};

describe.each(['ecr', 'ecr-public'] as const)('resource tags of %s', (service) => {
  const { arn, tag, untag, list } = SERVICES[service];

  test('are set, replaced, listed and removed', async () => {
    expect(await list(arn())).toEqual([]);
    await tag(arn(), [
      { Key: 'team', Value: 'core' },
      { Key: 'Team', Value: '' },
    ]);
    await tag(arn(), [{ Key: 'team', Value: 'edge' }]);
    expect(await list(arn())).toHaveLength(2);
    expect(await list(arn())).toContainEqual({ Key: 'team', Value: 'edge' });
    await untag(arn(), ['team', 'unknown']);
    expect(await list(arn())).toEqual([{ Key: 'Team', Value: '' }]);
    const target = `${user.alias}/${service === 'ecr' ? 'kept/private' : 'kept/public'}`;
    expect(await vitrine.app.db.auditEvent.count({ where: { action: 'repository.tag-resource', target } })).toBe(3);
  });

  test('never exceed 50, even with concurrent requests', async () => {
    const some = (prefix: string) => Array.from({ length: 30 }, (_, i) => ({ Key: `${prefix}${i}`, Value: 'x' }));
    const results = await Promise.allSettled([tag(arn(), some('a')), tag(arn(), some('b'))]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'TooManyTagsException' },
    });
    expect(await list(arn())).toHaveLength(31);
  });

  test.each<[string, Tags]>([
    ['a reserved key', [{ Key: 'aws:cloudformation:stack', Value: 'x' }]],
    ['an empty key', [{ Key: '', Value: 'x' }]],
    ['a long value', [{ Key: 'x', Value: 'v'.repeat(257) }]],
    ['a character of no tag', [{ Key: 'x<script>', Value: 'x' }]],
    ['a key twice', Array.from({ length: 2 }, () => ({ Key: 'x', Value: 'x' }))],
  ])('refuse %s', async (_what, tags) => {
    await expect(tag(arn(), tags)).rejects.toMatchObject({
      name: expect.stringMatching(/^Invalid(?:Tag)?ParameterException$/) as string,
    });
  });

  test('are found by a strict ARN only', async () => {
    const own = arn();
    const other = own.replace(key.registryId, '999999999999');
    for (const [wrong, name] of [
      [other, 'AccessDeniedException'],
      [`${own}x`, 'RepositoryNotFoundException'],
      [own.replace('kept/', ''), 'RepositoryNotFoundException'],
      [own.replace(':repository/', ':registry/'), 'InvalidParameterException'],
      [own.replace(`:${service}:`, ':s3:'), 'InvalidParameterException'],
      [own.replace('arn:aws:', 'arn:'), 'InvalidParameterException'],
      [SERVICES[service === 'ecr' ? 'ecr-public' : 'ecr'].arn(), 'InvalidParameterException'],
      ['kept/private', 'InvalidParameterException'],
    ] as const) {
      await expect(list(wrong)).rejects.toMatchObject({ name });
    }
  });
});
