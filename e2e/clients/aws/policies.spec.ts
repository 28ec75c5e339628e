// Sharing a private repository with another registry, as AWS's documentation does it: the owner sets a policy with the AWS CLI,
// and the other registry's user logs in, pulls and pushes.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { buildSampleImage } from '../sample-image.ts';
import { createAwsKey, findAwsClis, runAws } from './aws-commands.ts';

const CLIS = await findAwsClis();
const absent = missing('skopeo');

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const PUSH = ['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload'];

type Key = Awaited<ReturnType<typeof createAwsKey>>;

/** The user name and password of `docker login` that a key gets. */
async function logIn(cli: (typeof CLIS)[number], key: Key): Promise<string> {
  const [login] = await runAws(cli, key, [{ service: 'ecr', operation: 'GetAuthorizationToken' }]);
  const { authorizationData } = login?.json as { authorizationData: { authorizationToken: string }[] };
  return Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString();
}

function copy(creds: string, from: string, to: string): Promise<string> {
  const flags = from.startsWith('oci:')
    ? ['--dest-tls-verify=false', `--dest-creds=${creds}`]
    : ['--src-tls-verify=false', `--src-creds=${creds}`];
  return run('skopeo', ['copy', ...flags, from, to]);
}

describe.each(CLIS)('$name', (cli) => {
  const why = cli.absent ?? absent;
  test.skipIf(why)(`shares a private repository with another registry${why ? ` (skipped: ${why})` : ''}`, async () => {
    const [owner, other] = [await createPublisher(), await createPublisher()];
    const [ownKey, otherKey] = [await createAwsKey(owner), await createAwsKey(other)];
    const repositoryName = 'team/shared';
    const named = { registryId: ownKey.registryId, repositoryName };
    const setPolicy = (Action: string[], Condition?: object) => {
      const statement = { Effect: 'Allow', Principal: { AWS: otherKey.registryId }, Action, Condition };
      const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      return { service: 'ecr', operation: 'SetRepositoryPolicy', input: { repositoryName, policyText } } as const;
    };
    const ask = async (key: Key, ...commands: Parameters<typeof runAws>[2]) =>
      (await runAws(cli, key, commands)).map(({ error }) => error);

    await withFolder(async (folder) => {
      const image = await buildSampleImage();
      await writeOciLayout(join(folder, 'in'), image, 'v1');
      const target = `docker://${HOST}/${owner.alias}/${repositoryName}`;
      const [mine, theirs] = [`token:${owner.secret}`, await logIn(cli, otherKey)];
      const pull = () => copy(theirs, `${target}:v1`, `oci:${folder}/out:v1`);
      const push = () => copy(theirs, `oci:${folder}/in:v1`, `${target}:theirs`);

      await ask(ownKey, { service: 'ecr', operation: 'CreateRepository', input: { repositoryName } });
      await copy(mine, `oci:${folder}/in:v1`, `${target}:v1`);
      const getImage = {
        service: 'ecr',
        operation: 'BatchGetImage',
        input: { ...named, imageIds: [{ imageTag: 'v1' }] },
      } as const;
      expect(await ask(otherKey, getImage)).toEqual(['AccessDeniedException']);
      await expect(pull()).rejects.toThrow();

      expect(await ask(ownKey, setPolicy(PULL))).toEqual([null]);
      expect(await ask(otherKey, getImage)).toEqual([null]);
      await pull();
      await expect(push()).rejects.toThrow('denied');

      expect(await ask(ownKey, setPolicy([...PULL, ...PUSH]))).toEqual([null]);
      await push();
      const raw = await run('skopeo', [
        'inspect',
        '--raw',
        '--tls-verify=false',
        `--creds=${mine}`,
        `${target}:theirs`,
      ]);
      expect(raw).toBe(image.bytes.toString());

      expect(await ask(ownKey, setPolicy(PULL, { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }))).toEqual([null]);
      expect(await ask(otherKey, getImage)).toEqual(['AccessDeniedException']);
      await expect(pull()).rejects.toThrow();
      expect(
        await ask(ownKey, { service: 'ecr', operation: 'DeleteRepositoryPolicy', input: { repositoryName } }),
      ).toEqual([null]);
      expect(await ask(otherKey, { service: 'ecr', operation: 'GetRepositoryPolicy', input: named })).toEqual([
        'AccessDeniedException',
      ]);
    });
  });

  test.skipIf(why)(`shares a whole registry with another one${why ? ` (skipped: ${why})` : ''}`, async () => {
    const [owner, other] = [await createPublisher(), await createPublisher()];
    const [ownKey, otherKey] = [await createAwsKey(owner), await createAwsKey(other)];
    const repositoryName = 'team/shared';
    const ask = async (key: Key, operation: string, input: object = {}) =>
      (await runAws(cli, key, [{ service: 'ecr', operation, input }])).map(({ error }) => error);
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: otherKey.registryId },
      Action: PULL,
      Resource: `arn:aws:ecr:*:${ownKey.registryId}:repository/team/*`,
    };
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const setScope = (value: string) => ask(ownKey, 'PutAccountSetting', { name: 'REGISTRY_POLICY_SCOPE', value });
    const getImage = { registryId: ownKey.registryId, repositoryName, imageIds: [{ imageTag: 'v1' }] };

    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      const target = `docker://${HOST}/${owner.alias}/${repositoryName}:v1`;
      const theirs = await logIn(cli, otherKey);
      const pull = () => copy(theirs, target, `oci:${folder}/out:v1`);
      await ask(ownKey, 'CreateRepository', { repositoryName });
      await copy(`token:${owner.secret}`, `oci:${folder}/in:v1`, target);
      await expect(pull()).rejects.toThrow();

      expect(await ask(ownKey, 'PutRegistryPolicy', { policyText })).toEqual([null]);
      expect(await ask(otherKey, 'BatchGetImage', getImage)).toEqual([null]);
      await pull();

      const [error] = await setScope('V1');
      // Older versions don't have the operation.
      if (error !== 'unknown') {
        expect(error).toBeNull();
        expect(await ask(otherKey, 'BatchGetImage', getImage)).toEqual(['AccessDeniedException']);
        await expect(pull()).rejects.toThrow();
        expect(await setScope('V2')).toEqual([null]);
        await pull();
      }

      expect(await ask(ownKey, 'DeleteRegistryPolicy')).toEqual([null]);
      await expect(pull()).rejects.toThrow();
    });
  });
});
