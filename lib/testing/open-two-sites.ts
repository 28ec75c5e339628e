// Two sites, of which one replicates to the other through a proxy that can break.
import { PutReplicationConfigurationCommand, type ReplicationRule } from '@aws-sdk/client-ecr';
import { planReplication } from '#lib/replication/plan-replication.ts';
import { saveDestination } from '#lib/replication/save-destination.ts';
import { startReplication } from '#lib/replication/start-replication.ts';
import { createAwsClients, createTestKey } from './aws/create-aws-clients.ts';
import { createTestApp } from './create-test-app.ts';
import { createDistributionClient } from './distribution-client.ts';
import { buildImage, type BuiltManifest } from './images/build-image.ts';
import { startTcpFaultProxy } from './tcp-fault-proxy.ts';

const NETWORKS = { UPSTREAM_NETWORKS: '127.0.0.0/8' };
const REGION = 'eu-central-1';
const DESTINATION = { region: REGION, registryId: '999999999999' };

export type TwoSites = Awaited<ReturnType<typeof openTwoSites>>;

export async function openTwoSites() {
  const [source, target] = await Promise.all([createTestApp(NETWORKS), createTestApp({ ...NETWORKS, REGION })]);
  const proxy = await startTcpFaultProxy(Number(new URL(target.url).port));
  const [publisher, receiver] = await Promise.all([source.createUser(), target.createUser()]);
  const key = await createTestKey(source, publisher);
  const { registryId } = key;
  const aws = createAwsClients(source.url, key);
  const replicator = startReplication(source.app, { isPolling: false });
  const { id: registryKey } = await source.app.db.registry.findUniqueOrThrow({
    where: { registryId },
    select: { id: true },
  });

  const save = ({ password, maxBytesPerSecond = null }: { password: string; maxBytesPerSecond?: number | null }) =>
    saveDestination(source.app, {
      caller: publisher.caller,
      registryKey,
      name: DESTINATION,
      settings: {
        host: `127.0.0.1:${proxy.port}`,
        isPlainHttp: true,
        namespace: receiver.alias,
        username: receiver.email,
        password,
        maxBytesPerSecond,
      },
    });
  const setRules = (rules: ReplicationRule[]) =>
    aws.ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules } }));
  const idOf = async (name: string): Promise<bigint> => {
    const where = { name, registry: { registryId } };
    return (await source.app.db.repository.findFirstOrThrow({ where, select: { id: true } })).id;
  };

  return {
    source,
    target,
    proxy,
    publisher,
    receiver,
    aws,
    registryId,
    registryKey,
    replicator,
    destination: DESTINATION,
    save,
    setRules,
    everything: () => setRules([{ destinations: [DESTINATION] }]),
    push: (name: string, image: BuiltManifest, tags: string[]) =>
      createDistributionClient(source.url, publisher.token).push(`${publisher.alias}/${name}`, image, tags),
    idOf,
    /** As the jobs do, without waiting. */
    replicate: async (name: string): Promise<void> => {
      await planReplication(source.app, { repositoryId: String(await idOf(name)) });
      await source.app.pool.query('UPDATE replication_destinations SET paused_until = NULL');
      await source.app.pool.query('UPDATE replication_tasks SET due_at = now()');
      await replicator.drain();
    },
    tagsThere: async (name: string): Promise<Record<string, string>> => {
      const tags = await target.app.db.tag.findMany({
        where: { repository: { name } },
        select: { name: true, manifest: { select: { digest: true } } },
      });
      return Object.fromEntries(tags.map((tag) => [tag.name, tag.manifest.digest]));
    },
    close: async () => {
      await replicator.stop();
      await proxy.close();
      await Promise.all([source.close(), target.close()]);
    },
  };
}

/** An image with one file. */
export const buildTextImage = (text: string): Promise<BuiltManifest> =>
  buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    layers: [[{ path: 'app', content: text }]],
    created: '2026-01-01T00:00:00Z',
  });
