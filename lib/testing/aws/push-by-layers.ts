// Pushes an image as SDK users do, without /v2.
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import type { Blob, BuiltManifest } from '#lib/testing/images/build-image.ts';

type Push = { repositoryName: string; image: BuiltManifest; tag?: string };

/** Uploads the layers that aren't available yet, then puts the manifest. */
export async function pushByLayers(client: ECRClient, { repositoryName, image, tag }: Push): Promise<void> {
  for (const child of image.children) await pushByLayers(client, { repositoryName, image: child });
  const layerDigests = image.blobs.map(({ digest }) => digest);
  if (layerDigests.length > 0) {
    const check = new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests });
    const { layers = [] } = await client.send(check);
    const missing = layers
      .filter((layer) => layer.layerAvailability === 'UNAVAILABLE')
      .map((layer) => layer.layerDigest);
    for (const blob of image.blobs) if (missing.includes(blob.digest)) await uploadLayer(client, repositoryName, blob);
  }
  const manifest = { imageManifest: image.bytes.toString('utf8'), imageManifestMediaType: image.mediaType };
  await client.send(new PutImageCommand({ repositoryName, ...manifest, imageTag: tag }));
}

async function uploadLayer(client: ECRClient, repositoryName: string, { digest, bytes }: Blob): Promise<void> {
  const started = await client.send(new InitiateLayerUploadCommand({ repositoryName }));
  const { uploadId, partSize = 0 } = started;
  for (let first = 0; first < bytes.length; first += partSize) {
    const layerPartBlob = bytes.subarray(first, first + partSize);
    const range = { partFirstByte: first, partLastByte: first + layerPartBlob.length - 1 };
    await client.send(new UploadLayerPartCommand({ repositoryName, uploadId, ...range, layerPartBlob }));
  }
  await client.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));
}
