import { authorize } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';

export type DeleteUpstreamInput = {
  caller: UserCaller;
  /** Database id. */
  registryKey: bigint;
  host: string;
};

/**
 * Deletes an unused upstream and its credentials.
 * @throws AppError `not_found`, `forbidden`, `conflict` while a mirror uses it
 */
export async function deleteUpstream(
  app: { db: Db; upstream: UpstreamRuntime },
  { caller, registryKey, host }: DeleteUpstreamInput,
): Promise<void> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const id = await app.db.$transaction(async (tx) => {
    const upstream = await tx.upstream.findUnique({
      where: { registryKey_host: { registryKey, host } },
      select: { id: true, _count: { select: { repositories: true, mirrorOf: true, rules: true } } },
    });
    if (!upstream) throw new AppError('not_found', `This registry has no upstream ${host}.`);
    const { repositories, mirrorOf, rules } = upstream._count;
    if (repositories + mirrorOf + rules > 0) {
      throw new AppError('conflict', `${host} still has mirrors or pull-through rules. Remove them first.`);
    }
    await tx.upstream.delete({ where: { id: upstream.id } });
    await recordChange(tx, { caller, registryKey, type: 'upstream.forget', resource: { name: host } });
    return upstream.id;
  });
  app.upstream.settings.delete(id);
}
