import type pg from 'pg';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { openAgents } from './client/open-agents.ts';
import { RegistryClient, type Agents } from './client/registry-client.ts';
import { copyAgain, listCopied, type CopiedReference } from './compare-replicas.sql.ts';
import { inNamespace } from './copy-image.ts';
import { loadDestination, type LoadedDestination } from './load-destination.ts';

type App = {
  db: Db;
  pool: pg.Pool;
  log: Log;
  secrets: StoredSecrets;
  config: { mirrors: { allowedNetworks: string[] } };
};

/** Requests to a destination at once. */
const CONCURRENT = 4;
const CHUNK = 200;
/** References of a destination in one night. The next night goes on after them. */
const MAX_REFERENCES = 100_000;

/** Asks each destination whether it still has what was copied to it, and queues again what was changed or deleted there. */
export async function compareReplicas(app: App): Promise<void> {
  const agents = openAgents(app, CONCURRENT);
  try {
    const destinations = await app.db.replicationDestination.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
    for (const { id } of destinations) await compareDestination(app, { id, agents });
  } finally {
    agents.close();
  }
}

/** Ends early while the destination can't be reached or denies access, which tasks report. */
async function compareDestination(app: App, { id, agents }: { id: bigint; agents: Agents }): Promise<void> {
  const row = await app.db.replicationDestination.findUnique({ where: { id } });
  if (!row) return;
  let after = row.comparedTaskId;
  let [compared, drifted] = [0, 0];
  try {
    const destination = await loadDestination(app, id);
    while (compared < MAX_REFERENCES) {
      const copied = await listCopied(app, { destinationId: id, after, limit: CHUNK });
      if (copied.length === 0) {
        after = 0n;
        break;
      }
      drifted += await copyAgain(app, await findDrifted(copied, { destination, agents }));
      compared += copied.length;
      after = BigInt(copied.at(-1)?.id ?? 0);
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    app.log.warn({ err: error, destination: String(id) }, 'a destination could not be compared');
  }
  await app.db.replicationDestination.updateMany({
    where: { id },
    data: { comparedAt: new Date(), comparedCount: compared, driftedCount: drifted, comparedTaskId: after },
  });
}

async function findDrifted(
  copied: readonly CopiedReference[],
  { destination, agents }: { destination: LoadedDestination; agents: Agents },
): Promise<CopiedReference[]> {
  const { address, namespace } = destination;
  const ending = new AbortController();
  const clients = new Map<string, RegistryClient>();
  const clientOf = (name: string): RegistryClient => {
    const known = clients.get(name);
    if (known) return known;
    const repository = inNamespace(namespace, name);
    const client = new RegistryClient({ agents, address, repository, signal: ending.signal });
    clients.set(name, client);
    return client;
  };
  const drifted: CopiedReference[] = [];
  let next = 0;
  const work = async () => {
    for (let one = copied[next++]; one !== undefined; one = copied[next++]) {
      const { repositoryName, reference, digest } = one;
      const there = await clientOf(repositoryName).findManifest(reference);
      // A registry that names no digest can't be compared.
      if (there === null || (there.digest !== null && there.digest !== digest)) drifted.push(one);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENT }, work));
  } finally {
    ending.abort();
  }
  return drifted;
}
