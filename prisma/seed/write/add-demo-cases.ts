// What an admin of the demo finds to do: requests to review, reports, a repository in quarantine, a private one.
import type { App } from '#lib/app.ts';
import { draftAliasRequest, submitAliasRequest } from '#lib/aliases/requests/request-alias.ts';
import { NO_REQUEST, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { DEMO_REPORTS, DEMO_REQUESTS, PRIVATE_FOR_ADMINS } from '../demo-cases.ts';
import type { DemoRepository } from '../demo-types.ts';
import type { AddedPublisher } from './add-demo-publisher.ts';

const HOUR_MS = 3_600_000;

export async function addDemoCases(app: App, publishers: AddedPublisher[]): Promise<void> {
  for (const added of publishers) {
    const request = DEMO_REQUESTS.find(({ alias }) => alias === added.publisher.alias);
    if (request) await addRequest(app, added, request);
    for (const repository of added.publisher.repositories) {
      await quarantine(app, added, repository);
      await deprecate(app, added, repository);
    }
  }
  const aliases = publishers.map(({ publisher }) => publisher.alias);
  const reports = DEMO_REPORTS.filter(({ target }) => aliases.includes(target.split('/')[0] ?? ''));
  await app.db.report.createMany({
    data: reports.map(({ hoursAgo, ...report }) => ({ ...report, createdAt: hoursBefore(hoursAgo) })),
  });
  await letAdminsRead(app, publishers);
}

async function addRequest(
  app: App,
  { caller, registryKey }: AddedPublisher,
  { name, purpose, links, hoursAgo }: (typeof DEMO_REQUESTS)[number],
): Promise<void> {
  const { id } = await draftAliasRequest(app, { caller, registryKey, name, purpose, links });
  await submitAliasRequest(app, { caller, id });
  const at = hoursBefore(hoursAgo);
  await app.db.aliasRequest.update({ where: { id }, data: { createdAt: at, submittedAt: at } });
  await app.db.aliasRequestEntry.updateMany({ where: { requestId: id }, data: { at } });
}

async function quarantine(
  app: App,
  { publisher, registryKey }: AddedPublisher,
  { name, quarantineReason: reason }: DemoRepository,
): Promise<void> {
  if (reason === undefined) return;
  const fullName = `${publisher.alias}/${name}`;
  const repository = await findRepository(app, fullName);
  if (!repository) return;
  await app.db.$transaction(async (tx) => {
    await tx.repository.update({
      where: { id: repository.id },
      data: { quarantinedAt: hoursBefore(30), quarantineReason: reason, version: { increment: 1 } },
    });
    await recordChange(tx, {
      type: 'repository.quarantine',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { repositoryId: repository.id, name: fullName },
      after: { reason },
    });
  });
}

async function deprecate(
  app: App,
  { publisher, caller }: AddedPublisher,
  { name, deprecation }: DemoRepository,
): Promise<void> {
  if (!deprecation) return;
  await deprecateRepository(app, { caller, fullName: `${publisher.alias}/${name}`, deprecation });
}

/** Readers can't push, so an operator's own images never end up in the demo. */
async function letAdminsRead(app: App, publishers: AddedPublisher[]): Promise<void> {
  const shared = publishers.find(({ publisher }) => publisher.alias === PRIVATE_FOR_ADMINS);
  if (!shared) return;
  const admins = await app.db.user.findMany({ where: { role: 'admin', disabledAt: null } });
  for (const admin of admins) {
    // Lists begin with the oldest membership, which must stay their own.
    await ensureRegistry(app, { caller: { principal: toUserPrincipal(admin, null), context: NO_REQUEST } });
    const member = { registryKey: shared.registryKey, userId: admin.id, role: 'reader' as const };
    await app.db.member.create({ data: member });
  }
}

function hoursBefore(hours: number): Date {
  return new Date(Date.now() - hours * HOUR_MS);
}
