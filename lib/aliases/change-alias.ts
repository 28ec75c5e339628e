// Changes to existing aliases: make primary, release, suspend, reinstate.
import { findMembership } from '#lib/access/find-membership.ts';
import { isAllowed, requireAllowed } from '#lib/access/authorize.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Alias } from '#lib/platform/prisma/client.ts';
import { changeStatus } from '#lib/aliases/requests/store.ts';

type Input = { caller: UserCaller; name: string };

/** Makes this the alias that pages and commands show. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function makeAliasPrimary(app: { db: Db }, { caller, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const alias = await findOwnAlias(tx, caller, name);
    requireActive(alias);
    const before = await tx.registry.findUniqueOrThrow({
      where: { id: alias.registryKey },
      include: { primaryAlias: true },
    });
    await tx.registry.update({ where: { id: alias.registryKey }, data: { primaryAliasId: alias.id } });
    const change = { before: { primary: before.primaryAlias?.name ?? null }, after: { primary: name } };
    await recordChange(tx, {
      caller,
      registryKey: alias.registryKey,
      type: 'alias.make-primary',
      resource: { name },
      ...change,
    });
  });
}

/** Permanently releases a custom alias. It can never be assigned again. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function releaseAlias(app: { db: Db }, { caller, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const alias = await findOwnAlias(tx, caller, name);
    requireActive(alias);
    await deactivateAlias(tx, alias, 'released');
    await recordChange(tx, { caller, registryKey: alias.registryKey, type: 'alias.release', resource: { name } });
  });
}

/** @throws AppError `not_found`, `forbidden`, `conflict` */
export async function suspendAlias(
  app: { db: Db },
  { caller, name, reason }: Input & { reason: string },
): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const alias = await findAliasAsAdmin(tx, caller, name);
    requireActive(alias);
    await deactivateAlias(tx, alias, 'suspended');
    const request = await tx.aliasRequest.findUnique({ where: { aliasId: alias.id } });
    if (request) await changeStatus(tx, { request, transition: 'suspend', caller, sentence: `Suspended. ${reason}` });
    await recordChange(tx, {
      caller,
      registryKey: alias.registryKey,
      type: 'alias.suspend',
      resource: { name },
      after: { reason },
      facts: { request: request && { requestId: request.id, requesterId: request.requesterId } },
    });
  });
}

/** @throws AppError `not_found`, `forbidden`, `conflict` */
export async function reinstateAlias(app: { db: Db }, { caller, name }: Input): Promise<void> {
  await app.db.$transaction(async (tx) => {
    const alias = await findAliasAsAdmin(tx, caller, name);
    if (alias.status !== 'suspended')
      throw new AppError('conflict', `The alias ${name} isn't suspended. Reload the page to see its current state.`);
    await tx.alias.update({ where: { id: alias.id }, data: { status: 'active' } });
    const request = await tx.aliasRequest.findUnique({ where: { aliasId: alias.id } });
    if (request) await changeStatus(tx, { request, transition: 'reinstate', caller, sentence: 'Reinstated.' });
    await recordChange(tx, { caller, registryKey: alias.registryKey, type: 'alias.reinstate', resource: { name } });
  });
}

function requireActive({ name, status }: Alias): void {
  if (status === 'active') return;
  throw new AppError('conflict', `The alias ${name} isn't active. Reload the page to see its current state.`);
}

async function findOwnAlias(tx: DbOrTx, caller: UserCaller, name: string): Promise<Alias> {
  const alias = await tx.alias.findUnique({ where: { name } });
  const membership =
    alias && (await findMembership({ db: tx }, { principal: caller.principal, registryKey: alias.registryKey }));
  if (!alias || !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership }))
    throw new AppError('not_found', `Your registry has no alias ${name}.`);
  requireAllowed({ ...caller, action: 'vitrine:ManageAliases', membership, facts: { alias: name } });
  return alias;
}

async function findAliasAsAdmin(tx: DbOrTx, caller: UserCaller, name: string): Promise<Alias> {
  requireAllowed({ ...caller, action: 'vitrine:AdministerAliases' });
  const alias = await tx.alias.findUnique({ where: { name } });
  if (!alias) throw new AppError('not_found', `Alias ${name} not found.`);
  return alias;
}

async function deactivateAlias(tx: DbOrTx, alias: Alias, status: 'released' | 'suspended'): Promise<void> {
  const registry = await tx.registry.findUniqueOrThrow({ where: { id: alias.registryKey } });
  if (registry.defaultAliasId === alias.id)
    throw new AppError('conflict', "The default alias is permanent and can't be changed.");
  await tx.alias.update({ where: { id: alias.id }, data: { status } });
  if (registry.primaryAliasId === alias.id) {
    await tx.registry.update({ where: { id: registry.id }, data: { primaryAliasId: registry.defaultAliasId } });
  }
}
