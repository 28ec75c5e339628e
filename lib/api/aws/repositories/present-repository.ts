import { repositoryArn } from '#lib/access/resource-names.ts';
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import { visibilityOf } from '../find-aws-repository.ts';
import { presentEncryption } from './encryption.ts';
import { presentTagRule } from './tag-rule.ts';

/** The columns that answers show. */
export const SHOWN = {
  id: true,
  name: true,
  createdAt: true,
  tagMutability: true,
  tagExclusions: true,
  kmsKey: true,
} as const;

export type ShownRepository = TagMutabilityRule & { id: bigint; name: string; createdAt: Date; kmsKey: string | null };

export function presentRepository(app: AwsApp, call: Call, { name, createdAt }: ShownRepository) {
  const { registry, caller } = call;
  const { registryId } = registry.membership;
  return {
    registryId,
    repositoryArn: repositoryArn(registryId, {
      region: caller.context.site.region,
      name,
      visibility: visibilityOf(call),
    }),
    repositoryName: name,
    repositoryUri: `${app.config.publicHost}/${registry.alias}/${name}`,
    createdAt,
  };
}

/** Terraform relies on each of these settings. */
export function presentPrivateRepository(app: AwsApp, call: Call, row: ShownRepository) {
  return {
    ...presentRepository(app, call, row),
    ...presentTagRule(row),
    encryptionConfiguration: presentEncryption(row.kmsKey ?? undefined),
    imageScanningConfiguration: { scanOnPush: false },
  };
}
