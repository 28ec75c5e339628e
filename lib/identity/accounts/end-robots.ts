import { z } from 'zod';
import { SYSTEM_CALLER, type Caller, type RegistryRole } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { endAccessTokens } from './end-credentials.ts';

type DeletedRobot = { caller: Caller; registryKey: bigint; userId: string; name: string; role: RegistryRole };

/** Deletes a robot with its membership and credentials. */
export async function deleteRobot(
  tx: DbOrTx,
  { caller, registryKey, userId, name, role }: DeletedRobot,
): Promise<void> {
  await tx.user.delete({ where: { id: userId } });
  await recordChange(tx, { type: 'robot.remove', caller, registryKey, resource: { name }, before: { role } });
}

const credentialSchema = z.object({ robot: z.string() });
const sessionSchema = z.object({ accessKeyId: z.string() });

/**
 * Undoes what people who may have acted in bad faith did with a registry's robots, roles and identity providers. Removes
 * what they created or changed, ends the credentials of robots that they created a credential for, and the sessions that
 * they opened. `creatorIds` null
 * removes everything.
 */
export async function endRobots(
  tx: DbOrTx,
  { registryKey, creatorIds }: { registryKey: bigint; creatorIds: string[] | null },
): Promise<void> {
  const machines = await tx.user.findMany({
    where: { registryKey },
    select: { id: true, kind: true, displayName: true, members: { select: { role: true } }, trust: true },
  });
  const { robots, known, roles, issuers, sessions } = await findTraces(tx, registryKey, creatorIds ?? []);
  await tx.accessKey.deleteMany({ where: { registryKey, id: { in: [...sessions] } } });
  const caller = SYSTEM_CALLER;
  for (const { id: userId, kind, displayName: name, members, trust } of machines) {
    const role = members[0]?.role ?? 'reader';
    if (kind === 'role') {
      if (creatorIds !== null && !roles.has(name)) continue;
      await tx.user.delete({ where: { id: userId } });
      const before = { permission: role, trustPolicy: trust?.policy ?? '' };
      await recordChange(tx, { type: 'role.remove', caller, registryKey, resource: { name }, before });
    } else if (creatorIds === null || robots.has(name)) {
      await deleteRobot(tx, { caller, registryKey, userId, name, role });
    } else if (known.has(name)) await endAccessTokens(tx, userId);
  }
  const where = { registryKey, ...(creatorIds !== null && { issuer: { in: [...issuers] } }) };
  for (const { issuer: name } of await tx.identityProvider.findMany({ where, select: { issuer: true } })) {
    await tx.identityProvider.delete({ where: { registryKey_issuer: { registryKey, issuer: name } } });
    await recordChange(tx, { type: 'identity-provider.remove', caller, registryKey, resource: { name } });
  }
}

type Traces = Record<'robots' | 'known' | 'roles' | 'issuers' | 'sessions', Set<string>>;

/** `known`: the names of robots whose credentials they may have seen. `sessions`: the keys of roles that they assumed. */
async function findTraces(tx: DbOrTx, registryKey: bigint, creatorIds: string[]): Promise<Traces> {
  const action = {
    in: [
      ...['robot.create', 'access-token.create', 'access-key.create', 'role.create', 'role.update'],
      'identity-provider.set',
      'role.assume',
    ],
  };
  const events = await tx.auditEvent.findMany({
    where: { registryKey, action, actorId: { in: creatorIds } },
    select: { action: true, target: true, after: true },
  });
  const targets = (...actions: string[]) =>
    new Set(events.flatMap((event) => (actions.includes(event.action) ? [event.target] : [])));
  return {
    robots: targets('robot.create'),
    known: new Set(events.flatMap(({ after }) => credentialSchema.safeParse(after).data?.robot ?? [])),
    roles: targets('role.create', 'role.update'),
    issuers: targets('identity-provider.set'),
    sessions: new Set(events.flatMap(({ after }) => sessionSchema.safeParse(after).data?.accessKeyId ?? [])),
  };
}
