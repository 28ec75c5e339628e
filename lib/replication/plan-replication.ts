import type pg from 'pg';
import { z } from 'zod';
import { matchesWildcards } from '#lib/access/text-pattern.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findConfiguration, planTasks } from './plan-tasks.sql.ts';
import { planDestinations, replicationRulesSchema, type DestinationPlan } from './schema.ts';

type App = { db: Db; pool: pg.Pool };

const payloadSchema = z.object({ repositoryId: z.coerce.bigint() });

/** Queues the copies that follow from changes of a repository. Does nothing in a registry without replication. */
export async function planReplication(app: App, payload: unknown): Promise<void> {
  const { repositoryId } = payloadSchema.parse(payload);
  const configuration = await findConfiguration(app, repositoryId);
  if (!configuration) return;
  const repository = await app.db.repository.findUnique({
    where: { id: repositoryId },
    select: { name: true, upstreamId: true },
  });
  // A mirror's content comes from elsewhere, and may not be here in full.
  if (!repository || repository.upstreamId !== null) return;
  const rules = replicationRulesSchema.parse(configuration.rules);
  for (const plan of planDestinations(rules, repository.name)) {
    const { region, registryId: destinationRegistryId } = plan;
    const destination = await app.db.replicationDestination.findUnique({
      where: {
        registryKey_region_destinationRegistryId: {
          registryKey: configuration.registryKey,
          region,
          destinationRegistryId,
        },
      },
      select: { id: true, createdAt: true },
    });
    if (!destination) continue;
    const tags = await coveredTags(app, repositoryId, plan);
    await planTasks(app, {
      destinationId: destination.id,
      repositoryId,
      tags,
      since: latest(configuration.enabledAt, destination.createdAt),
      deletes: plan.deletes,
    });
  }
}

/** Returns the tags that a plan covers. Null: all, and untagged images. */
export async function coveredTags(
  { db }: { db: Db },
  repositoryId: bigint,
  { tagPatterns }: DestinationPlan,
): Promise<string[] | null> {
  if (tagPatterns === null) return null;
  const tags = await db.tag.findMany({ where: { repositoryId }, select: { name: true } });
  return tags.map(({ name }) => name).filter((name) => tagPatterns.some((pattern) => matchesWildcards(pattern, name)));
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
