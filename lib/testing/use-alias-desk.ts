// A site with reviewers, and the steps of an alias request, for a test file.
import { afterAll, beforeAll } from 'vitest';
import type { UserCaller } from '#lib/access/schema.ts';
import { draftAliasRequest, submitAliasRequest } from '#lib/aliases/requests/request-alias.ts';
import { approveRequest, claimRequest, declineRequest } from '#lib/aliases/review/review-request.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';

export type AliasPublisher = { caller: UserCaller; registryKey: bigint; alias: string };

/** Registers the hooks that start and close the site. Call it once at the top of a test file. */
export function useAliasDesk() {
  let site: TestApp;
  let first: UserCaller;
  let second: UserCaller;
  let admin: UserCaller;
  beforeAll(async () => {
    site = await createTestApp();
    first = (await site.createUser({ role: 'reviewer' })).caller;
    second = (await site.createUser({ role: 'reviewer' })).caller;
    admin = (await site.createUser({ role: 'admin' })).caller;
  });
  afterAll(() => site.close());

  const draft = async ({ caller, registryKey }: AliasPublisher, name: string) => {
    const { id } = await draftAliasRequest(site.app, { caller, registryKey, name, purpose: 'Our name.', links: [] });
    return id;
  };
  const claim = (caller: UserCaller, id: string) => claimRequest(site.app, { caller, id });
  return {
    get site() {
      return site;
    },
    /** A reviewer. */
    get first() {
      return first;
    },
    /** Another reviewer. */
    get second() {
      return second;
    },
    get admin() {
      return admin;
    },
    /** Creates a publisher whose account is too old to be flagged. */
    newPublisher: async (): Promise<AliasPublisher> => {
      const { caller, alias } = await site.createUser();
      const createdAt = new Date(Date.now() - 90 * 86_400_000);
      await site.app.db.user.update({ where: { id: caller.principal.userId }, data: { createdAt } });
      return { caller, alias, registryKey: await ensureRegistry(site.app, { caller }) };
    },
    draft,
    submit: async (publisher: AliasPublisher, name: string) => {
      const id = await draft(publisher, name);
      await submitAliasRequest(site.app, { caller: publisher.caller, id });
      return id;
    },
    claim,
    /** Claims, then approves. */
    approve: async (caller: UserCaller, id: string, note = 'Looks right.') => {
      const { version } = await claim(caller, id);
      return approveRequest(site.app, { caller, id, version, note });
    },
    /** Claims, then declines. */
    decline: async (caller: UserCaller, id: string) => {
      const { version } = await claim(caller, id);
      return declineRequest(site.app, { caller, id, version, reason: 'no_evidence', message: 'Show us more.' });
    },
  };
}
