import { grantAlias } from '#lib/aliases/grant-alias.ts';
import type { App } from '#lib/app.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { NO_REQUEST, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { insertUser, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import type { DemoPublisher, DemoRepository } from './demo-builders.ts';
import { DEMO_PUBLISHERS } from './demo-content.ts';

/** Demo accounts have no password and can't sign in; their addresses can't receive mail. */
export const DEMO_EMAIL_DOMAIN = 'demo.vitrine.localhost';

/** Adds the publishers that are not there yet, and pushes their images through the registry at `baseUrl`. */
export async function addDemo(app: App, baseUrl: string): Promise<void> {
  for (const publisher of DEMO_PUBLISHERS) {
    const isThere = await app.db.alias.findUnique({ where: { name: publisher.alias } });
    if (!isThere) await addPublisher(app, baseUrl, publisher);
  }
}

async function addPublisher(
  app: App,
  baseUrl: string,
  { alias, displayName, repositories }: DemoPublisher,
): Promise<void> {
  const email = `${alias}@${DEMO_EMAIL_DOMAIN}`;
  const user = await insertUser(app.db, { email, displayName, passwordHash: null, role: 'user', isEmailProven: false });
  const caller: UserCaller = { principal: toUserPrincipal(user, null), context: NO_REQUEST };
  const registryKey = await ensureRegistry(app, { caller });
  await app.db.registry.update({ where: { id: registryKey }, data: { isDemo: true } });
  await grantAlias(app, { caller: SYSTEM_CALLER, registryKey, name: alias, makePrimary: true });
  const token = await createAccessToken(app, { caller, name: 'demo', scopes: ['push'], expiresInDays: 1 });
  const client = createDistributionClient(baseUrl, token.secret);
  for (const repository of repositories) await addRepository(app, { caller, alias, repository, client });
  await revokeAccessToken(app, { caller, id: token.id });
}

async function addRepository(
  app: App,
  {
    caller,
    alias,
    repository,
    client,
  }: { caller: UserCaller; alias: string; repository: DemoRepository; client: DistributionClient },
): Promise<void> {
  const { name, description, categories, about, usage, pushes } = repository;
  const catalogData = { description, categories, aboutText: about, usageText: usage };
  await createRepository(app, { caller, alias, name, catalogData });
  for (const { tags, build, referrers } of pushes) {
    const manifest = await build();
    await client.push(`${alias}/${name}`, manifest, tags);
    for (const referrer of referrers?.(manifest) ?? []) await client.push(`${alias}/${name}`, referrer, []);
  }
}
