// Every operation of the ECR APIs by the AWS CLI, and whole stories by docker and boto3.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AWS_OPERATIONS } from '#lib/api/aws/operations.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { BASE_URL, createPublisher, HOST, missing, vitrine, withFolder, type Publisher } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { awsEnvironment, createAwsKey, findAwsClis, runAws, type AwsCommand, type AwsKey } from './aws-commands.ts';
import { findPythonTools } from './python-tools.ts';
import { buildSampleImage } from '../sample-image.ts';

const CLIS = await findAwsClis();
const python = await findPythonTools();

/** Text, because the two versions of the CLI disagree about the encoding of binary input. */
const CONFIG = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
const LAYER = 'a layer of text, which is stored like any other';
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(CONFIG), size: CONFIG.length },
  layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: sha256(LAYER), size: LAYER.length }],
});

const namesOf = (service: string) =>
  [...AWS_OPERATIONS.values()]
    .filter((operation) => operation.service === service)
    .map(({ name }) => name)
    .sort();

type Expected = [operation: string, input: object, error?: string];

describe.each(CLIS)('$name', (cli) => {
  const title = (text: string) => (cli.absent ? `${text} (skipped: ${cli.absent})` : text);
  let publisher: Publisher;
  let key: AwsKey;
  beforeAll(async () => {
    publisher = await createPublisher();
    key = await createAwsKey(publisher);
  });

  async function expectAnswers(service: AwsCommand['service'], expected: Expected[]): Promise<unknown[]> {
    const commands = expected.map(([operation, input]) => ({ service, operation, input }));
    const answers = await runAws(cli, key, commands);
    const seen = answers.map(({ error, errors }, at) => [expected[at]?.[0], isUnknown(errors) ? 'unknown' : error]);
    const wanted = expected.map(([operation, , error = null], at) =>
      isUnknown(answers[at]?.errors ?? '') ? [operation, 'unknown'] : [operation, error],
    );
    expect(seen).toEqual(wanted);
    return answers.map(({ json }) => json);
  }

  /** An older CLI lacks newer operations and members. */
  const isUnknown = (errors: string) => /Invalid choice|Unknown parameter in input/.test(errors);

  async function uploadLayers(service: 'ecr' | 'ecr-public', repositoryName: string): Promise<void> {
    for (const text of [CONFIG, LAYER]) {
      const [started] = await expectAnswers(service, [['InitiateLayerUpload', { repositoryName }]]);
      const { uploadId } = started as { uploadId: string };
      const layerPartBlob = cli.takesBase64 ? Buffer.from(text).toString('base64') : text;
      const part = { repositoryName, uploadId, partFirstByte: 0, partLastByte: text.length - 1, layerPartBlob };
      await expectAnswers(service, [
        ['UploadLayerPart', part],
        ['CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [sha256(text)] }],
      ]);
    }
  }

  test.skipIf(cli.absent)(title('names its caller and the registry'), async () => {
    const [identity] = await runAws(cli, key, [{ service: 'sts', operation: 'GetCallerIdentity' }]);
    expect(identity?.json).toMatchObject({ Account: key.registryId });
  });

  test.skipIf(cli.absent)(title('acts as a robot until the robot is removed'), async () => {
    const ofRegistry = ['--registry', key.registryId, '--json'];
    const name = `reads-${cli.takesBase64 ? 'v2' : 'v1'}`;
    await vitrine('robot', 'create', '--name', name, '--role', 'reader', ...ofRegistry);
    const robot = JSON.parse(await vitrine('access-key', 'create', '--robot', name, ...ofRegistry)) as AwsKey;
    const commands: AwsCommand[] = [
      { service: 'sts', operation: 'GetCallerIdentity' },
      { service: 'ecr', operation: 'DescribeRepositories' },
      { service: 'ecr', operation: 'GetAuthorizationToken' },
      { service: 'ecr', operation: 'CreateRepository', input: { repositoryName: 'by-robot' } },
    ];
    const [identity, ...answers] = await runAws(cli, robot, commands);
    expect(identity?.json).toMatchObject({ Arn: `arn:aws:iam::${key.registryId}:user/${name}` });
    expect(answers.map(({ error }) => error)).toEqual([null, null, 'AccessDeniedException']);
    expect(answers[2]?.errors).toContain(`User: arn:aws:iam::${key.registryId}:user/${name} is not authorized`);
    await vitrine('robot', 'remove', '--name', name, ...ofRegistry);
    const [gone] = await runAws(cli, robot, [{ service: 'ecr', operation: 'DescribeRepositories' }]);
    expect(gone?.error).toBe('UnrecognizedClientException');
  });

  test.skipIf(cli.absent)(title('runs every operation of ECR that it knows'), async () => {
    const repositoryName = 'cli/private';
    const named = { repositoryName };
    const imageId = { imageDigest: sha256(MANIFEST) };
    const [identity] = await runAws(cli, key, [{ service: 'sts', operation: 'GetCallerIdentity' }]);
    const { Arn: principalArn } = identity?.json as { Arn: string };
    const backfill = { replicationBackfillId: '00000000-0000-0000-0000-000000000000' };
    const arn = { resourceArn: `arn:aws:ecr:us-east-1:${key.registryId}:repository/${repositoryName}` };
    const prefix = { ecrRepositoryPrefix: 'cached' };
    const rule = { destinations: [{ region: 'eu-west-1', registryId: key.registryId }] };
    const policyText = '{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:ListImages"}}';
    const registryPolicyText = policyText.replace('}}', ',"Resource":"*"}}');
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 };
    const lifecycleRule = { rulePriority: 1, selection, action: { type: 'expire' } };
    const lifecyclePolicyText = JSON.stringify({ rules: [lifecycleRule] });
    const template = {
      prefix: 'team',
      appliedFor: ['CREATE_ON_PUSH', 'REPLICATION'],
      imageTagMutability: 'IMMUTABLE',
      lifecyclePolicy: lifecyclePolicyText,
      resourceTags: [{ Key: 'team', Value: 'a' }],
    };
    const wrongPolicyText = JSON.stringify({ rules: [{ note: 'x'.repeat(100) }] });
    const before: Expected[] = [
      ['GetAuthorizationToken', {}],
      ['CreateRepository', { ...named, tags: [{ Key: 'team', Value: 'red' }] }],
      ['CreateRepository', named, 'RepositoryAlreadyExistsException'],
      ['DescribeRepositories', { repositoryNames: [repositoryName] }],
      ['DescribeRepositories', { repositoryNames: ['not/there'] }, 'RepositoryNotFoundException'],
      ['PutImageTagMutability', { ...named, imageTagMutability: 'MUTABLE' }],
      ['PutImageScanningConfiguration', { ...named, imageScanningConfiguration: { scanOnPush: false } }],
      ['ListTagsForResource', arn],
      ['TagResource', { ...arn, tags: [{ Key: 'stage', Value: 'test' }] }],
      ['UntagResource', { ...arn, tagKeys: ['stage'] }],
      ['BatchCheckLayerAvailability', { ...named, layerDigests: [sha256(LAYER)] }],
      ['PutImage', { ...named, imageManifest: MANIFEST, imageTag: 'v1' }, 'LayersNotFoundException'],
    ];
    await expectAnswers('ecr', before);
    await uploadLayers('ecr', repositoryName);
    const after: Expected[] = [
      ['PutImage', { ...named, imageManifest: MANIFEST, imageTag: 'v1' }],
      ['PutImage', { ...named, imageManifest: MANIFEST, imageTag: 'v1' }, 'ImageAlreadyExistsException'],
      ['PutImageTagMutability', { ...named, imageTagMutability: 'IMMUTABLE' }],
      ['PutImage', { ...named, imageManifest: `${MANIFEST}\n`, imageTag: 'v1' }, 'ImageTagAlreadyExistsException'],
      ['PutImageTagMutability', { ...named, imageTagMutability: 'MUTABLE' }],
      ['DescribeImages', named],
      ['DescribeImages', { ...named, imageIds: [{ imageTag: 'not-there' }] }, 'ImageNotFoundException'],
      ['ListImages', { ...named, filter: { tagStatus: 'TAGGED' } }],
      ['BatchGetImage', { ...named, imageIds: [{ imageTag: 'v1' }] }],
      ['GetDownloadUrlForLayer', { ...named, layerDigest: sha256(LAYER) }],
      ['ListImageReferrers', { ...named, subjectId: imageId }],
      ['UpdateImageStorageClass', { ...named, imageId, targetStorageClass: 'ARCHIVE' }],
      ['DescribeImages', { ...named, imageIds: [imageId] }],
      ['UpdateImageStorageClass', { ...named, imageId, targetStorageClass: 'STANDARD' }],
      ['GetRepositoryPolicy', named, 'RepositoryPolicyNotFoundException'],
      ['SetRepositoryPolicy', { ...named, policyText: '{"Version":"2012-10-17"}' }, 'InvalidParameterException'],
      ['SetRepositoryPolicy', { ...named, policyText }],
      ['GetRepositoryPolicy', named],
      ['DeleteRepositoryPolicy', named],
      ['DeleteRepositoryPolicy', named, 'RepositoryPolicyNotFoundException'],
      ['GetRegistryPolicy', {}, 'RegistryPolicyNotFoundException'],
      ['PutRegistryPolicy', { policyText }, 'InvalidParameterException'],
      ['PutRegistryPolicy', { policyText: registryPolicyText }],
      ['GetRegistryPolicy', {}],
      ['DeleteRegistryPolicy', {}],
      ['DeleteRegistryPolicy', {}, 'RegistryPolicyNotFoundException'],
      ['GetLifecyclePolicy', named, 'LifecyclePolicyNotFoundException'],
      ['PutLifecyclePolicy', { ...named, lifecyclePolicyText: wrongPolicyText }, 'InvalidParameterException'],
      ['PutLifecyclePolicy', { ...named, lifecyclePolicyText }],
      ['GetLifecyclePolicy', named],
      ['GetLifecyclePolicyPreview', named, 'LifecyclePolicyPreviewNotFoundException'],
      ['StartLifecyclePolicyPreview', named],
      ['GetLifecyclePolicyPreview', named],
      ['DeleteLifecyclePolicy', named],
      ['DeleteLifecyclePolicy', named, 'LifecyclePolicyNotFoundException'],
      ['DescribeRegistry', {}],
      ['PutReplicationConfiguration', { replicationConfiguration: { rules: [] } }],
      ['PutReplicationConfiguration', { replicationConfiguration: { rules: [rule] } }, 'InvalidParameterException'],
      ['DescribeImageReplicationStatus', { ...named, imageId }],
      [
        'StartReplicationBackfill',
        { destination: { region: 'eu-west-1', registryId: key.registryId } },
        'ValidationException',
      ],
      ['StopReplicationBackfill', backfill, 'ReplicationBackfillNotFoundException'],
      ['ListReplicationBackfills', {}],
      ['DescribeReplicationBackfillResults', backfill, 'ReplicationBackfillNotFoundException'],
      ['DescribePullThroughCacheRules', {}],
      [
        'UpdatePullThroughCacheRule',
        {
          ...prefix,
          credentialArn: `arn:aws:secretsmanager:us-east-1:${key.registryId}:secret:ecr-pullthroughcache/x`,
        },
        'PullThroughCacheRuleNotFoundException',
      ],
      ['ValidatePullThroughCacheRule', prefix, 'PullThroughCacheRuleNotFoundException'],
      ['CreatePullThroughCacheRule', { ...prefix, upstreamRegistryUrl: 'registry.example.org' }],
      ['DeletePullThroughCacheRule', prefix],
      ['CreateRepositoryCreationTemplate', template],
      ['CreateRepositoryCreationTemplate', template, 'TemplateAlreadyExistsException'],
      ['DescribeRepositoryCreationTemplates', { prefixes: ['team'] }],
      ['UpdateRepositoryCreationTemplate', { prefix: 'team', description: 'Of the team' }],
      ['UpdateRepositoryCreationTemplate', { prefix: 'x' }, 'TemplateNotFoundException'],
      ['DeleteRepositoryCreationTemplate', { prefix: 'team' }],
      ['DeleteRepositoryCreationTemplate', { prefix: 'team' }, 'TemplateNotFoundException'],
      ['GetRegistryScanningConfiguration', {}],
      ['PutRegistryScanningConfiguration', { scanType: 'BASIC', rules: [] }],
      ['BatchGetRepositoryScanningConfiguration', { repositoryNames: [repositoryName] }],
      ['StartImageScan', { ...named, imageId }, 'ValidationException'],
      ['DescribeImageScanFindings', { ...named, imageId }, 'ScanNotFoundException'],
      [
        'PutSigningConfiguration',
        {
          signingConfiguration: {
            rules: [{ signingProfileArn: `arn:aws:signer:us-east-1:${key.registryId}:/signing-profiles/release` }],
          },
        },
        'ValidationException',
      ],
      ['GetSigningConfiguration', {}, 'SigningConfigurationNotFoundException'],
      ['DeleteSigningConfiguration', {}, 'SigningConfigurationNotFoundException'],
      ['DescribeImageSigningStatus', { ...named, imageId }],
      ['GetAccountSetting', { name: 'BLOB_MOUNTING' }],
      ['PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' }],
      ['RegisterPullTimeUpdateExclusion', { principalArn }],
      ['ListPullTimeUpdateExclusions', {}],
      ['DeregisterPullTimeUpdateExclusion', { principalArn }],
      ['DeleteRepository', named, 'RepositoryNotEmptyException'],
      ['BatchDeleteImage', { ...named, imageIds: [{ imageTag: 'v1' }] }],
      ['DeleteRepository', { ...named, force: true }],
    ];
    await expectAnswers('ecr', after);
    const run = new Set([...before, ...after].map(([operation]) => operation));
    const uploads = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload'];
    expect([...run, ...uploads].sort()).toEqual(namesOf('ecr'));
  });

  test.skipIf(cli.absent)(title('runs every operation of ECR Public that it knows'), async () => {
    const repositoryName = 'cli/public';
    const named = { repositoryName };
    const arn = { resourceArn: `arn:aws:ecr-public::${key.registryId}:repository/${repositoryName}` };
    const catalogData = { description: 'By the CLI', architectures: ['ARM 64', 'x86-64'], operatingSystems: ['Linux'] };
    const before: Expected[] = [
      ['GetAuthorizationToken', {}],
      ['CreateRepository', { ...named, catalogData }],
      ['DescribeRepositories', {}],
      ['GetRepositoryCatalogData', named],
      ['PutRepositoryCatalogData', { ...named, catalogData: { ...catalogData, aboutText: '# About' } }],
      ['DescribeRegistries', {}],
      ['PutRegistryCatalogData', { displayName: 'A publisher' }],
      ['GetRegistryCatalogData', {}],
      ['TagResource', { ...arn, tags: [{ Key: 'team', Value: 'red' }] }],
      ['ListTagsForResource', arn],
      ['UntagResource', { ...arn, tagKeys: ['team'] }],
      ['BatchCheckLayerAvailability', { ...named, layerDigests: [sha256(LAYER)] }],
    ];
    await expectAnswers('ecr-public', before);
    await uploadLayers('ecr-public', repositoryName);
    const after: Expected[] = [
      ['PutImage', { ...named, imageManifest: MANIFEST, imageTag: 'v1' }],
      ['DescribeImages', named],
      ['DescribeImageTags', named],
      ['SetRepositoryPolicy', { ...named, policyText: '{"Version":"2012-10-17"}' }, 'InvalidParameterException'],
      ['GetRepositoryPolicy', named, 'RepositoryPolicyNotFoundException'],
      ['DeleteRepositoryPolicy', named, 'RepositoryPolicyNotFoundException'],
      ['DeleteRepository', named, 'RepositoryNotEmptyException'],
      ['BatchDeleteImage', { ...named, imageIds: [{ imageTag: 'v1' }] }],
      ['DeleteRepository', named],
    ];
    await expectAnswers('ecr-public', after);
    const run = new Set([...before, ...after].map(([operation]) => operation));
    const uploads = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload'];
    expect([...run, ...uploads].sort()).toEqual(namesOf('ecr-public'));
  });
});

describe('boto3', () => {
  const { absent } = python;
  test.skipIf(absent)(absent ? `tells a whole story (skipped: ${absent})` : 'tells a whole story', async () => {
    const key = await createAwsKey(await createPublisher());
    const script = join(import.meta.dirname, 'boto3-story.py');
    const program = python.absent === null ? python.python : '';
    expect(await run(program, [script], awsEnvironment(key))).toBe('done');
  });
});

describe('skopeo with the password of get-login-password', () => {
  const [debian] = CLIS;
  const absent = debian?.absent ?? missing('skopeo');
  test.skipIf(absent)(absent ? `pulls and pushes (skipped: ${absent})` : 'pulls and pushes', async () => {
    await withFolder(async (folder) => {
      const publisher = await createPublisher();
      const environment = awsEnvironment(await createAwsKey(publisher));
      const authFile = join(folder, 'auth.json');
      const login = `/usr/bin/aws ecr get-login-password --endpoint-url ${BASE_URL} | skopeo login --tls-verify=false --authfile ${authFile} --username AWS --password-stdin ${HOST}`;
      expect(await run('bash', ['-o', 'pipefail', '-c', login], environment)).toMatch(/Login Succeeded/);
      const image = await buildSampleImage();
      await writeOciLayout(join(folder, 'in'), image, 'v1');
      const target = `docker://${HOST}/${publisher.alias}/by-password:v1`;
      const push = ['copy', '--dest-tls-verify=false', '--dest-authfile', authFile];
      await run('skopeo', [...push, `oci:${folder}/in:v1`, target]);
      const inspect = ['inspect', '--raw', '--tls-verify=false', '--authfile', authFile];
      expect(await run('skopeo', [...inspect, target])).toBe(image.bytes.toString());
    });
  });
});
