// Policies of repositories as the SDKs set and read them.
import {
  DeleteRepositoryPolicyCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { expect, test } from 'vitest';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';

const site = useAwsSite();

const textOf = (statement: object) => JSON.stringify({ Version: '2008-10-17', Statement: [statement] });
const PUSH = { Effect: 'Allow', Principal: '*', Action: ['ecr:PutImage'] };
const set = (repositoryName: string, statement: object, force?: boolean) =>
  site.aws.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText: textOf(statement), force }));

test('a policy is answered in the spelling of ECR, and then gone', async () => {
  const repositoryName = await site.createEmpty();
  const named = { registryId: site.key.registryId, repositoryName };
  const policyText = `{
  "Version" : "2008-10-17",
  "Statement" : [ {
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::${site.key.registryId}:root"
    },
    "Action" : "ecr:PutImage"
  } ]
}`;
  const saved = await set(repositoryName, { ...PUSH, Principal: { AWS: site.key.registryId } });
  expect(saved).toMatchObject({ ...named, policyText });
  const command = { repositoryName };
  expect(await site.aws.ecr.send(new GetRepositoryPolicyCommand(command))).toMatchObject({ ...named, policyText });
  expect(await site.aws.ecr.send(new DeleteRepositoryPolicyCommand(command))).toMatchObject({ ...named, policyText });
  const missing = {
    name: 'RepositoryPolicyNotFoundException',
    message: `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${site.key.registryId}'`,
  };
  await expect(site.aws.ecr.send(new GetRepositoryPolicyCommand(command))).rejects.toMatchObject(missing);
  await expect(site.aws.ecr.send(new DeleteRepositoryPolicyCommand(command))).rejects.toMatchObject(missing);
});

// The Terraform provider retries two texts for minutes.
test.each<[string, object, RegExp]>([
  ['with a resource', { ...PUSH, Resource: '*' }, /Remove Resource/],
  [
    'of an unknown registry',
    { ...PUSH, Principal: { AWS: '999999999999' } },
    /999999999999 doesn't exist on this site/,
  ],
  ['of an unknown action', { ...PUSH, Action: 'ecr:Push' }, /"ecr:Push" isn't an action/],
  ['without an effect', { Principal: '*', Action: 'ecr:*' }, /Line 1, column \d+/],
])('a policy %s is refused with its fault', async (_what, statement, message) => {
  const refused = set(await site.createEmpty(), statement);
  await expect(refused).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const { message: text } = (await refused.catch((error: unknown) => error)) as Error;
  expect(text).toMatch(/^Invalid parameter at 'PolicyText' failed to satisfy constraint: '/);
  expect(text).toMatch(message);
  expect(text).not.toMatch(/Invalid repository policy provided|Principal not found/);
});

test('a policy that locks its author out takes force', async () => {
  const repositoryName = await site.createEmpty();
  const closed = { Effect: 'Deny', Principal: '*', Action: 'ecr:*' };
  await expect(set(repositoryName, closed)).rejects.toThrow('would prevent you from changing it again');
  await set(repositoryName, closed, true);
  await expect(set(repositoryName, PUSH)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /ecr:SetRepositoryPolicy on resource: \S+ with an explicit deny in a resource-based policy$/,
    ) as string,
  });
});

test('a long answer is that of the author, because answers are limited too', async () => {
  const repositoryName = await site.createEmpty();
  const statements = Array.from({ length: 120 }, (_, at) => ({ ...PUSH, Sid: `s${at}` }));
  const policyText = JSON.stringify({ Statement: statements });
  expect(policyText.length).toBeLessThan(10_240);
  const saved = await site.aws.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  expect(saved.policyText).toBe(policyText);
});

test('a policy of a public repository has a resource or none', async () => {
  const repositoryName = await site.createEmpty('public');
  const statement = { Effect: 'Allow', Principal: '*', Action: 'ecr-public:PutImage' };
  for (const policyText of [textOf(statement), textOf({ ...statement, Resource: '*' })]) {
    const command = new ecrPublic.SetRepositoryPolicyCommand({ repositoryName, policyText });
    expect(await site.aws.ecrPublic.send(command)).toMatchObject({ repositoryName });
  }
  const { policyText } = await site.aws.ecrPublic.send(new ecrPublic.GetRepositoryPolicyCommand({ repositoryName }));
  expect(policyText).toContain('"Resource" : "*"');
});
