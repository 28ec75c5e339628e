// The policy of a registry as the SDKs set and read it.
import {
  CreateRepositoryCommand,
  DeleteRegistryPolicyCommand,
  DescribeRepositoriesCommand,
  GetAccountSettingCommand,
  GetRegistryPolicyCommand,
  PutAccountSettingCommand,
  PutRegistryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, expect, test } from 'vitest';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';

const site = useAwsSite();
const NAME = 'REGISTRY_POLICY_SCOPE';

const textOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const put = (policyText: string) => site.aws.ecr.send(new PutRegistryPolicyCommand({ policyText }));
const setScope = (value: string) => site.aws.ecr.send(new PutAccountSettingCommand({ name: NAME, value }));
afterEach(async () => {
  await site.vitrine.app.db.registry.updateMany({ data: { policy: null, policyScope: 'V2' } });
});

test('a policy is answered in the spelling of ECR, and then gone', async () => {
  const { registryId } = site.key;
  const Resource = `arn:aws:ecr:us-east-1:${registryId}:repository/*`;
  const saved = await put(
    textOf({ Effect: 'Allow', Principal: { AWS: registryId }, Action: ['ecr:ReplicateImage'], Resource: [Resource] }),
  );
  const policyText = `{
  "Version" : "2012-10-17",
  "Statement" : [ {
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::${registryId}:root"
    },
    "Action" : "ecr:ReplicateImage",
    "Resource" : "${Resource}"
  } ]
}`;
  expect(saved).toMatchObject({ registryId, policyText });
  expect(await site.aws.ecr.send(new GetRegistryPolicyCommand({}))).toMatchObject({ registryId, policyText });
  expect(await site.aws.ecr.send(new DeleteRegistryPolicyCommand({}))).toMatchObject({ registryId, policyText });
  const missing = {
    name: 'RegistryPolicyNotFoundException',
    message: `Registry policy does not exist in the registry with id '${registryId}'`,
  };
  await expect(site.aws.ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(missing);
  await expect(site.aws.ecr.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject(missing);
});

test.each<[string, string, RegExp]>([
  ['no policy', '{}', /^Invalid parameter at 'PolicyText'/],
  ['without a resource', textOf({ Effect: 'Allow', Principal: '*', Action: '*' }), /Add Resource/],
  [
    'that locks its author out',
    textOf({ Effect: 'Deny', Principal: '*', Action: 'ecr:*', Resource: '*' }),
    /would prevent you from changing it again\. Save it with force in the console/,
  ],
])('a text that is %s is refused with its fault', async (_what, policyText, message) => {
  await expect(put(policyText)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(message) as string,
  });
});

test('the scope is a setting of the account', async () => {
  const get = async () => (await site.aws.ecr.send(new GetAccountSettingCommand({ name: NAME }))).value;
  expect(await get()).toBe('V2');
  expect(await setScope('V1')).toMatchObject({ name: NAME, value: 'V1' });
  expect(await get()).toBe('V1');
  await expect(setScope('V3')).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a denial says that a resource-based policy did it', async () => {
  const repositoryName = await site.createEmpty();
  const describe = () => site.aws.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
  const Action = ['ecr:DescribeRepositories', 'ecr:CreateRepository'];
  await put(textOf({ Effect: 'Deny', Principal: '*', Action, Resource: '*' }));
  const denied = {
    name: 'AccessDeniedException',
    message: expect.stringMatching(/with an explicit deny in a resource-based policy$/) as string,
  };
  await expect(describe()).rejects.toMatchObject(denied);
  await setScope('V1');
  expect((await describe()).repositories).toHaveLength(1);
  const create = new CreateRepositoryCommand({ repositoryName: `${repositoryName}/new` });
  await expect(site.aws.ecr.send(create)).rejects.toMatchObject(denied);
});
