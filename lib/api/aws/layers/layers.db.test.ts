// Layers uploaded in parts, and what each refusal is called.
import { createHash, randomBytes } from 'node:crypto';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import * as ecrPublic from '@aws-sdk/client-ecr-public';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAwsClients, createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import { pushByLayers } from '#lib/testing/aws/push-by-layers.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';

const MIB = 1024 * 1024;
const ABSENT = `sha256:${'a'.repeat(64)}`;
const NOWHERE = '00000000-0000-4000-8000-000000000000';

const site = useAwsSite();
const { build, createEmpty } = site;
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function start(repositoryName: string): Promise<string> {
  const { uploadId, partSize } = await site.aws.ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  expect(partSize).toBe(10 * MIB);
  return uploadId ?? '';
}

const sendPart = (repositoryName: string, uploadId: string, partFirstByte: number, layerPartBlob: Buffer) => {
  const partLastByte = partFirstByte + layerPartBlob.length - 1;
  const part = { repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob };
  return site.aws.ecr.send(new UploadLayerPartCommand(part));
};
const complete = (repositoryName: string, uploadId: string, digest: string) =>
  site.aws.ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));

describe('an upload', () => {
  test('in parts becomes a layer that is available', async () => {
    const name = await createEmpty();
    const bytes = randomBytes(11 * MIB);
    const uploadId = await start(name);
    expect(await sendPart(name, uploadId, 0, bytes.subarray(0, 10 * MIB))).toMatchObject({
      registryId: site.key.registryId,
      repositoryName: name,
      uploadId,
      lastByteReceived: 10 * MIB - 1,
    });
    await sendPart(name, uploadId, 10 * MIB, bytes.subarray(10 * MIB));
    expect(await complete(name, uploadId, digestOf(bytes))).toMatchObject({ layerDigest: digestOf(bytes), uploadId });
    const layerDigests = [digestOf(bytes), ABSENT, 'sha256:1', ''];
    const check = new BatchCheckLayerAvailabilityCommand({ repositoryName: name, layerDigests });
    expect(await site.aws.ecr.send(check)).toMatchObject({
      layers: [
        { layerDigest: digestOf(bytes), layerAvailability: 'AVAILABLE', layerSize: bytes.length },
        { layerDigest: ABSENT, layerAvailability: 'UNAVAILABLE' },
      ],
      failures: [
        { layerDigest: 'sha256:1', failureCode: 'InvalidLayerDigest' },
        { layerDigest: '', failureCode: 'MissingLayerDigest' },
      ],
    });
    const again = await start(name);
    await sendPart(name, again, 0, Buffer.from('anything'));
    await expect(complete(name, again, digestOf(bytes))).rejects.toMatchObject({ name: 'LayerAlreadyExistsException' });
    await expect(complete(name, again, digestOf(bytes))).rejects.toMatchObject({ name: 'UploadNotFoundException' });
  });

  test('says where to resume after a part that does not fit', async () => {
    const name = await createEmpty();
    const uploadId = await start(name);
    const bytes = Buffer.from('0123456789');
    await sendPart(name, uploadId, 0, bytes);
    const refusal = {
      name: 'InvalidLayerPartException',
      registryId: site.key.registryId,
      repositoryName: name,
      uploadId,
      lastValidByteReceived: 9,
    };
    await expect(sendPart(name, uploadId, 0, bytes)).rejects.toMatchObject(refusal);
    await expect(sendPart(name, uploadId, 11, bytes)).rejects.toMatchObject(refusal);
    const wrong = { repositoryName: name, uploadId, partFirstByte: 10, partLastByte: 12, layerPartBlob: bytes };
    await expect(site.aws.ecr.send(new UploadLayerPartCommand(wrong))).rejects.toMatchObject(refusal);
    await expect(sendPart(name, NOWHERE, 0, bytes)).rejects.toMatchObject({ name: 'UploadNotFoundException' });
  });

  test('needs parts of 5 MiB before the last, some bytes, and the right digest', async () => {
    const name = await createEmpty();
    const small = await start(name);
    await sendPart(name, small, 0, Buffer.from('a'));
    await sendPart(name, small, 1, Buffer.from('b'));
    const ab = digestOf(Buffer.from('ab'));
    await expect(complete(name, small, ab)).rejects.toMatchObject({ name: 'LayerPartTooSmallException' });
    const empty = await start(name);
    await expect(complete(name, empty, ab)).rejects.toMatchObject({ name: 'EmptyUploadException' });
    const wrong = await start(name);
    await sendPart(name, wrong, 0, Buffer.from('ab'));
    await expect(complete(name, wrong, ABSENT)).rejects.toMatchObject({ name: 'InvalidLayerException' });
    expect(await site.vitrine.app.db.repositoryBlob.count({ where: { repository: { name } } })).toBe(0);
  });

  test('belongs to its user and repository', async () => {
    const [name, other] = [await createEmpty(), await createEmpty()];
    const uploadId = await start(name);
    await expect(sendPart(other, uploadId, 0, Buffer.from('a'))).rejects.toMatchObject({
      name: 'UploadNotFoundException',
    });
    const stranger = await site.vitrine.createUser();
    const theirs = createAwsClients(site.vitrine.url, await createTestKey(site.vitrine, stranger));
    const asked = { repositoryName: name, registryId: site.key.registryId, uploadId, layerDigests: [ABSENT] };
    await expect(theirs.ecr.send(new CompleteLayerUploadCommand(asked))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  test('is limited by the registry’s quota, and then stores nothing', async () => {
    const name = await createEmpty();
    const { registryId } = site.key;
    await site.vitrine.app.db.registry.update({ where: { registryId }, data: { quotaBytes: 12n * BigInt(MIB) } });
    onTestFinished(async () => {
      await site.vitrine.app.db.registry.update({ where: { registryId }, data: { quotaBytes: null } });
    });
    const uploadId = await start(name);
    const before = await readStoredState(site.vitrine.app);
    await expect(sendPart(name, uploadId, 0, randomBytes(13 * MIB))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    // The upload can't succeed any more, so it is gone.
    expect(await readStoredState(site.vitrine.app)).toEqual(before);
    await expect(sendPart(name, uploadId, 0, randomBytes(MIB))).rejects.toMatchObject({
      name: 'UploadNotFoundException',
    });
  });

  test('waits for its turn with large parts, so that they never fill the memory', async () => {
    const name = await createEmpty();
    const uploadId = await start(name);
    const { largeCalls } = site.vitrine.app;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    // All turns of the user, and all places in the queue.
    const others = Array.from({ length: 22 }, () => largeCalls.run(site.user.caller.principal.userId, () => released));
    const large = randomBytes(5 * MIB);
    await expect(sendPart(name, uploadId, 0, large)).rejects.toMatchObject({ name: 'ThrottlingException' });
    release();
    await Promise.all(others);
    expect(await sendPart(name, uploadId, 0, large)).toMatchObject({ lastByteReceived: 5 * MIB - 1 });
  });

  test('takes an alias as registry in ECR Public', async () => {
    const repositoryName = await createEmpty('public');
    const named = { repositoryName, registryId: site.user.alias };
    const { uploadId } = await site.aws.ecrPublic.send(new ecrPublic.InitiateLayerUploadCommand(named));
    const layerPartBlob = Buffer.from('public');
    const part = { ...named, uploadId, partFirstByte: 0, partLastByte: 5, layerPartBlob };
    await site.aws.ecrPublic.send(new ecrPublic.UploadLayerPartCommand(part));
    const layerDigests = [digestOf(layerPartBlob)];
    await site.aws.ecrPublic.send(new ecrPublic.CompleteLayerUploadCommand({ ...named, uploadId, layerDigests }));
    const check = new ecrPublic.BatchCheckLayerAvailabilityCommand({ ...named, layerDigests });
    expect(await site.aws.ecrPublic.send(check)).toMatchObject({ layers: [{ layerAvailability: 'AVAILABLE' }] });
  });
});

test('an upload goes on at another replica', async () => {
  const { databaseUrl = '', dataDir } = site.vitrine.app.config;
  const other = await createTestApp({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  onTestFinished(() => other.close());
  const there = createAwsClients(other.url, site.key);
  const repositoryName = await createEmpty();
  const uploadId = await start(repositoryName);
  const bytes = randomBytes(6 * MIB);
  await sendPart(repositoryName, uploadId, 0, bytes.subarray(0, 5 * MIB));
  const rest = { partFirstByte: 5 * MIB, partLastByte: bytes.length - 1, layerPartBlob: bytes.subarray(5 * MIB) };
  await there.ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId, ...rest }));
  expect(await complete(repositoryName, uploadId, digestOf(bytes))).toMatchObject({ layerDigest: digestOf(bytes) });

  const small = await start(repositoryName);
  await sendPart(repositoryName, small, 0, Buffer.from('a'));
  const second = { partFirstByte: 1, partLastByte: 1, layerPartBlob: Buffer.from('b') };
  await there.ecr.send(new UploadLayerPartCommand({ repositoryName, uploadId: small, ...second }));
  await expect(complete(repositoryName, small, ABSENT)).rejects.toMatchObject({ name: 'LayerPartTooSmallException' });
});

test('an image pushed by layers can be pulled from /v2, and retagged by its manifest', async () => {
  const repositoryName = 'layers/story';
  await site.aws.ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const image = await build('story');
  await pushByLayers(site.aws.ecr, { repositoryName, image, tag: 'v1' });
  const { images } = await site.aws.ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }),
  );
  const imageManifest = images?.[0]?.imageManifest;
  await site.aws.ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'stable' }));
  const client = createDistributionClient(site.vitrine.url, site.user.token);
  const fullName = `${site.user.alias}/${repositoryName}`;
  const pulled = await client.request('GET', `/v2/${fullName}/manifests/stable`);
  expect(Buffer.from(await pulled.arrayBuffer())).toEqual(image.bytes);
  for (const { digest, bytes } of image.blobs) {
    const blob = await client.request('GET', `/v2/${fullName}/blobs/${digest}`);
    expect(Buffer.from(await blob.arrayBuffer())).toEqual(bytes);
  }
});
