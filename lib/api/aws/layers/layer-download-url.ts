// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
import { signDownload } from '#lib/distribution/authorization/signed-download.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { findLayers } from './layer-rows.sql.ts';

type Input = AddressedRepository & { layerDigest: string };

/** Returns a URL of this site that serves one layer for an hour, without further credentials. */
export async function getLayerDownloadUrl(app: AwsApp, call: Call, input: Input) {
  const { layerDigest } = input;
  const digest = parseDigest(layerDigest);
  if (!digest) throw invalidParameter('layerDigest', 'must be a digest such as sha256:…');
  const repository = await requireAwsRepository(app, call, input);
  refuseQuarantined(repository);
  const layer = (await findLayers(app, { repositoryId: repository.id, digests: [digest] })).get(digest);
  const { sizeBytes = null, mediaType = null } = layer ?? {};
  // A mirror fetches layers when they are pulled.
  const isThere = sizeBytes !== null || (repository.upstream !== null && mediaType !== null);
  const where = `the repository with name '${repository.name}' in the registry with id '${call.registry.membership.registryId}'`;
  if (!isThere)
    throw awsError('LayersNotFoundException', `The layer with digest '${digest}' does not exist in ${where}`);
  if (mediaType === null) {
    throw awsError(
      'LayerInaccessibleException',
      `The layer with digest '${digest}' isn't part of an image in ${where}`,
    );
  }
  const { fullName } = repository;
  const { holder, credentialEnd, baseUrl } = call;
  const signed = { fullName, digest, accessKeyId: holder.accessKeyId, credentialEnd };
  const query = signDownload(app.authKeys.awsDownloads, signed);
  return { downloadUrl: `${baseUrl}/v2/${fullName}/blobs/${digest}?${query}`, layerDigest: digest };
}
