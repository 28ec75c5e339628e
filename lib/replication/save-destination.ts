import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { isName } from '#lib/oci/name.ts';
import { destinationContext } from '#lib/outbound/destinations/destination-context.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { parseUpstreamHost } from '#lib/upstream/client/parse-upstream-host.ts';
import { MAX_DESTINATIONS, type ReplicationDestinationName } from './schema.ts';

export const destinationSettingsSchema = z.object({
  host: z.string().max(300),
  isPlainHttp: z.boolean().default(false),
  namespace: z.string().max(200).default(''),
  username: z.string().max(255).nullable().default(null),
  password: z.string().min(1).max(4_096).optional(),
  maxBytesPerSecond: z.int().min(1_024).max(2_147_483_647).nullable().default(null),
});

export type SaveDestinationInput = {
  caller: UserCaller;
  registryKey: bigint;
  name: ReplicationDestinationName;
  settings: z.output<typeof destinationSettingsSchema>;
};

/**
 * Adds or changes how a registry reaches a destination. Without a password, the stored one stays if host and user name do.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function saveDestination(
  app: { db: Db; secrets: StoredSecrets },
  { caller, registryKey, name: { region, registryId }, settings }: SaveDestinationInput,
): Promise<void> {
  await authorize(app, { ...caller, action: 'ecr:PutReplicationConfiguration', registryKey });
  const host = parseUpstreamHost(settings.host);
  if (host === null) throw invalidField('host', 'Enter a host name, such as registry.example.org:5000.');
  const { isPlainHttp, namespace, username, password, maxBytesPerSecond } = settings;
  if (namespace !== '' && !isName(namespace)) {
    throw invalidField('namespace', 'Enter the first part of repository names, such as team or team/mirror.');
  }
  if (username === null && password !== undefined) throw invalidField('username', 'Enter a user name.');
  const sealed =
    password === undefined ? null : await app.secrets.seal(destinationContext({ registryKey, host }), password);
  await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const destinationRegistryId = registryId;
    const where = { registryKey_region_destinationRegistryId: { registryKey, region, destinationRegistryId } };
    const before = await tx.replicationDestination.findUnique({ where });
    if (!before && (await tx.replicationDestination.count({ where: { registryKey } })) >= MAX_DESTINATIONS) {
      throw invalidField('region', `A registry can have at most ${MAX_DESTINATIONS} destinations.`);
    }
    // A kept password must not go to another host.
    const isKept = before !== null && before.host === host && before.username === username;
    if (username !== null && sealed === null && !(isKept && before.sealedPassword)) {
      throw invalidField('password', 'Enter a password or an access token for this user name.');
    }
    const data = {
      host,
      isPlainHttp,
      namespace,
      username,
      maxBytesPerSecond,
      failures: 0,
      pausedUntil: null,
      lastProblem: null,
      ...(username === null && { sealedPassword: null }),
      ...(sealed && { sealedPassword: sealed }),
    };
    const { id } = await tx.replicationDestination.upsert({
      where,
      create: { registryKey, region, destinationRegistryId, ...data },
      update: data,
      select: { id: true },
    });
    // What was refused before may be allowed now.
    await tx.replicationTask.updateMany({
      where: { destinationId: id, state: { not: 'complete' } },
      data: { dueAt: new Date() },
    });
    await recordChange(tx, {
      type: 'registry.save-replication-destination',
      caller,
      registryKey,
      resource: { name: `${region}/${registryId}` },
      after: { region, registryId, host, namespace, username },
    });
  });
}
