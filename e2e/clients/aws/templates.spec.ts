// Creation templates that the AWS CLI manages, applied by pushes of skopeo.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { buildSampleImage } from '../sample-image.ts';
import { createAwsKey, findAwsClis, runAws, type AwsCommand } from './aws-commands.ts';

// Debian's CLI doesn't know that pushes create repositories.
const [, pypi] = await findAwsClis();
const absent = pypi?.absent ?? missing('skopeo');

test.skipIf(absent)(absent ? `a push by template (skipped: ${absent})` : 'a push by template', async () => {
  if (!pypi) throw new Error('no AWS CLI');
  const publisher = await createPublisher();
  const key = await createAwsKey(publisher);
  const ask = async (operation: string, input: object) => {
    const command: AwsCommand = { service: 'ecr', operation, input };
    const [answer] = await runAws(pypi, key, [command]);
    expect(answer?.error, answer?.errors).toBeNull();
    return answer?.json;
  };
  const lifecyclePolicy = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 3 },
        action: { type: 'expire' },
      },
    ],
  });
  const template = {
    prefix: 'team',
    appliedFor: ['CREATE_ON_PUSH'],
    imageTagMutability: 'IMMUTABLE',
    lifecyclePolicy,
    resourceTags: [{ Key: 'team', Value: 'web' }],
  };
  await ask('CreateRepositoryCreationTemplate', template);
  expect(await ask('DescribeRepositoryCreationTemplates', {})).toMatchObject({
    repositoryCreationTemplates: [template],
  });
  await withFolder(async (folder) => {
    await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
    const push = (name: string) =>
      run('skopeo', [
        ...['copy', '--dest-tls-verify=false', '--dest-creds', `token:${publisher.secret}`],
        ...[`oci:${folder}/in:v1`, `docker://${HOST}/${publisher.alias}/${name}`],
      ]);
    await push('team/app:v1');
    await expect(push('team/app:v1')).rejects.toThrow('cannot be overwritten because the repository is immutable');
    await push('other/app:v1');
    await push('other/app:v1');
  });
});
