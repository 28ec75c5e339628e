// A Vitrine site with a fault-injecting upstream, for tests of pull-through.
import { mirrorRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { createUpstreamClient, type UpstreamClientOptions } from '#lib/upstream/client/create-upstream-client.ts';
import { findRegistryByAlias } from '#lib/repositories/find-repository.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { startFaultUpstream, type FaultUpstream } from './fault-upstream.ts';
import { createRawClient, type RawClient } from './raw-http.ts';

export type MirrorSite = TestApp & {
  upstream: FaultUpstream;
  owner: TestUser;
  anybody: RawClient;
  /** Makes `ALIAS/name` a mirror of an upstream repository and returns the full name. */
  mirror: (name: string, upstreamName?: string, settings?: MirrorSettings) => Promise<string>;
  /** Mirrors everything below the owner's alias. */
  mirrorAll: (prefix?: string) => Promise<void>;
  /** Creates a new client without cached tokens and circuit breakers. */
  renewClient: (overrides?: Partial<UpstreamClientOptions>) => Promise<void>;
  /** Makes a repository's tags stale enough to be checked again. */
  age: (fullName: string, seconds: number) => Promise<void>;
};

type MirrorSettings = { tagTtlSeconds?: number; staleSeconds?: number; username?: string; password?: string };

const PATIENCE = { connectMs: 1_000, headersMs: 1_000, idleBodyMs: 1_000 };

export async function createMirrorSite(
  env: Record<string, string> = {},
  clientOptions: Partial<UpstreamClientOptions> = {},
): Promise<MirrorSite> {
  const upstream = await startFaultUpstream();
  const site = await createTestApp({ UPSTREAM_NETWORKS: '127.0.0.1/32', ...env });
  const { app } = site;
  const renewClient = async (overrides: Partial<UpstreamClientOptions> = {}) => {
    await app.upstream.client.close();
    const options = { ...app.config.mirrors, log: app.log, timeouts: PATIENCE, ...clientOptions, ...overrides };
    app.upstream.client = createUpstreamClient(options);
  };
  await renewClient();
  const owner = await site.createUser();
  const settingsOf = (settings: MirrorSettings) => ({ host: upstream.host, isPlainHttp: true, ...settings });
  return {
    ...site,
    upstream,
    owner,
    renewClient,
    anybody: createRawClient(site.url),
    mirror: async (name, upstreamName = name, settings = {}) => {
      const { alias, caller } = owner;
      await mirrorRepository(app, { caller, alias, name, upstreamName, upstream: settingsOf(settings) });
      return `${alias}/${name}`;
    },
    mirrorAll: async (prefix = '') => {
      const registry = await findRegistryByAlias(app, owner.alias);
      if (!registry) throw new Error('the owner has no registry');
      await mirrorRegistry(app, { caller: owner.caller, registryKey: registry.id, prefix, upstream: settingsOf({}) });
    },
    age: async (fullName, seconds) => {
      const [alias, name] = [fullName.slice(0, fullName.indexOf('/')), fullName.slice(fullName.indexOf('/') + 1)];
      const checkedAt = new Date(Date.now() - seconds * 1000);
      const where = { repository: { name, registry: { aliases: { some: { name: alias } } } } };
      await app.db.tag.updateMany({ where, data: { checkedAt } });
      await app.db.upstreamList.updateMany({ where, data: { checkedAt } });
    },
    close: async () => {
      await site.close();
      await upstream.close();
    },
  };
}
