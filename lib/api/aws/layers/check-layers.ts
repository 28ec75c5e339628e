// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html
import { isAllowed } from '#lib/access/authorize.ts';
import { leaseBlob } from '#lib/images/lease-blob.sql.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { accessFacts, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { findLayers } from './layer-rows.sql.ts';

type Input = AddressedRepository & { layerDigests: string[] };

export async function checkLayers(app: AwsApp, call: Call, input: Input) {
  const repository = await requireAwsRepository(app, call, input);
  refuseQuarantined(repository);
  const asked = [...new Set(input.layerDigests)];
  const digests = asked.filter(isDigest);
  if (mayPush(call, repository)) await leaseLayers(app, { repository, digests });
  const found = await findLayers(app, { repositoryId: repository.id, digests });
  return {
    layers: digests.map((layerDigest) => {
      const { sizeBytes = null, mediaType = null } = found.get(layerDigest) ?? {};
      if (sizeBytes === null) return { layerDigest, layerAvailability: 'UNAVAILABLE' as const };
      return {
        layerDigest,
        layerAvailability: 'AVAILABLE' as const,
        layerSize: Number(sizeBytes),
        ...(mediaType !== null && { mediaType }),
      };
    }),
    failures: asked.filter((text) => !isDigest(text)).map(toFailure),
  };
}

/** Pushing clients don't upload layers that are available, so these must survive garbage collection until PutImage. */
async function leaseLayers(
  app: AwsApp,
  { repository, digests }: { repository: FoundRepository; digests: Digest[] },
): Promise<void> {
  const { gcGraceSeconds: graceSeconds } = app.config;
  for (const digest of digests) await leaseBlob(app, { repositoryId: repository.id, digest, graceSeconds });
}

function mayPush({ caller, service, registry }: Call, repository: FoundRepository): boolean {
  const action = service === 'ecr-public' ? 'ecr-public:InitiateLayerUpload' : 'ecr:InitiateLayerUpload';
  return isAllowed({ ...caller, action, membership: registry.membership, facts: accessFacts(repository) });
}

function toFailure(layerDigest: string) {
  if (layerDigest === '') {
    const failureReason = 'Invalid request parameters: layer digest cannot be empty';
    return { layerDigest, failureCode: 'MissingLayerDigest' as const, failureReason };
  }
  const failureReason =
    "Invalid request parameters: layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
  return { layerDigest, failureCode: 'InvalidLayerDigest' as const, failureReason };
}
