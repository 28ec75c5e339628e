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

/**
 * Undoes what people who may have acted in bad faith did with a registry's robots. Removes the robots they created, and
 * ends the credentials of those they created a credential for. `creatorIds` null removes all robots.
 */
export async function endRobots(
  tx: DbOrTx,
  { registryKey, creatorIds }: { registryKey: bigint; creatorIds: string[] | null },
): Promise<void> {
  const robots = await tx.user.findMany({
    where: { registryKey },
    select: { id: true, displayName: true, members: { select: { role: true } } },
  });
  const { created, known } = await findTraces(tx, registryKey, creatorIds ?? []);
  for (const { id: userId, displayName: name, members } of robots) {
    const role = members[0]?.role ?? 'reader';
    if (creatorIds === null || created.has(name))
      await deleteRobot(tx, { caller: SYSTEM_CALLER, registryKey, userId, name, role });
    else if (known.has(name)) await endAccessTokens(tx, userId);
  }
}

/** `known`: the names of robots whose credentials they may have seen. */
async function findTraces(
  tx: DbOrTx,
  registryKey: bigint,
  creatorIds: string[],
): Promise<{ created: Set<string>; known: Set<string> }> {
  const action = { in: ['robot.create', 'access-token.create', 'access-key.create'] };
  const events = await tx.auditEvent.findMany({
    where: { registryKey, action, actorId: { in: creatorIds } },
    select: { action: true, target: true, after: true },
  });
  const created = events.flatMap((event) => (event.action === 'robot.create' ? [event.target] : []));
  const known = events.flatMap(({ after }) => credentialSchema.safeParse(after).data?.robot ?? []);
  return { created: new Set(created), known: new Set(known) };
}
