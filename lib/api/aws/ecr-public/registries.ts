import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { toVerification, VERIFICATION_COLUMNS } from '#lib/publishers/verification/verification.ts';
import { issueAuthorizationToken } from '../authorization-token.ts';
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { PUBLIC_REGISTRIES_SHAPES } from './shapes/registries.ts';

/** Released names no longer belong to the registry. */
const STATUS = { active: 'ACTIVE', pending: 'PENDING', suspended: 'REJECTED' } as const;

export const PUBLIC_REGISTRIES = defineOperations('ecr-public', PUBLIC_REGISTRIES_SHAPES, {
  GetAuthorizationToken: async (app, call) => ({ authorizationData: await issueAuthorizationToken(app, call) }),

  /** An access key acts in one registry, so there is one page. */
  DescribeRegistries: async (app, call, { nextToken }) => {
    requireAwsAllowed(call);
    if (nextToken) throw invalidParameter('nextToken', 'must be the token of the page before');
    return { registries: [await describeRegistry(app, call)] };
  },

  GetRegistryCatalogData: async (app, call) => {
    requireAwsAllowed(call);
    return { registryCatalogData: await showDisplayName(app, call) };
  },

  PutRegistryCatalogData: async (app, call, { displayName }) => {
    requireAwsAllowed(call);
    const { caller, holder } = call;
    if (displayName !== undefined) {
      await updateRegistryProfile(app, { caller, registryKey: holder.registryKey, displayName });
    }
    return { registryCatalogData: await showDisplayName(app, call) };
  },
});

async function describeRegistry(app: AwsApp, { holder }: Call) {
  const { registryId } = holder.membership;
  const registry = await app.db.registry.findUniqueOrThrow({
    where: { id: holder.registryKey },
    select: {
      primaryAliasId: true,
      defaultAliasId: true,
      aliases: { orderBy: { id: 'asc' }, select: { id: true, name: true, status: true } },
      ...VERIFICATION_COLUMNS,
    },
  });
  return {
    registryId,
    registryArn: `arn:aws:ecr-public::${registryId}:registry/${registryId}`,
    registryUri: `${app.config.publicHost}/${holder.alias}`,
    verified: toVerification(registry) !== null,
    aliases: registry.aliases.flatMap(({ id, name, status }) =>
      status === 'released'
        ? []
        : [
            {
              name,
              status: STATUS[status],
              primaryRegistryAlias: id === registry.primaryAliasId,
              defaultRegistryAlias: id === registry.defaultAliasId,
            },
          ],
    ),
  };
}

async function showDisplayName(app: AwsApp, { holder }: Call) {
  const where = { id: holder.registryKey };
  const { displayName } = await app.db.registry.findUniqueOrThrow({ where, select: { displayName: true } });
  return displayName === '' ? {} : { displayName };
}
