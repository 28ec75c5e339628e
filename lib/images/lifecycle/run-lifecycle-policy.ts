// Runs the lifecycle policy of a repository: plans, takes what it planned, and leaves a report. A run goes on in further jobs, so
// that none takes long, and continues after a restart where it was.
import type pg from 'pg';
import { z } from 'zod';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { announce, recordChange } from '#lib/events/record-change.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import { readLifecyclePolicy, type LifecyclePolicy } from '#lib/repositories/lifecycle/schema.ts';
import { planRun } from './plan-run.ts';
import { takeImage, type RunRepository } from './take-image.ts';

/** After this time, the rest of the run waits for its next job. */
const JOB_MS = 20_000;
const BATCH = 100;

type App = { db: Db; pool: pg.Pool; log: Log; config: Pick<RepositoryConfig, 'lifecycleMaxPercent'> };

const payloadSchema = z.object({ repositoryId: z.coerce.bigint() });

export async function runLifecyclePolicy(app: App, payload: unknown): Promise<void> {
  const { repositoryId } = payloadSchema.parse(payload);
  const stored = await app.db.lifecyclePolicy.findUnique({
    where: { repositoryId, repository: { registryKey: NOT_DELETED, quarantinedAt: null } },
    select: {
      text: true,
      repository: { select: { registryKey: true, name: true, registry: { select: ADDRESS_COLUMNS } } },
    },
  });
  const unfinished = { repositoryId, isPreview: false, finishedAt: null };
  const run = await app.db.lifecycleRun.findFirst({ where: unfinished, select: { id: true, text: true } });
  const { registry, registryKey = 0n, name = '' } = stored?.repository ?? {};
  const fullName = `${registry ? registryAddress(registry) : ''}/${name}`;
  const repository = { id: repositoryId, registryKey, name, fullName };
  if (run && run.text !== stored?.text) await finishRun(app, repository, run.id);
  if (!stored) return;
  const read = readLifecyclePolicy(stored.text);
  if ('problem' in read) {
    app.log.warn({ repository: fullName, problem: read.problem }, 'a stored lifecycle policy is invalid');
    return;
  }
  const { text } = stored;
  const input = { repositoryId, isPreview: false, text, policy: read.policy };
  const runId = run?.text === text ? run.id : await planRun(app, input);
  if (await takeImages(app, { runId, repository, policy: read.policy })) {
    await finishRun(app, repository, runId);
  } else {
    await announce(app.db, { type: 'repository.reach-lifecycle-run', resource: { repositoryId, name: fullName } });
  }
}

type Progress = { runId: string; repository: RunRepository; policy: LifecyclePolicy };

/** Returns whether nothing is left to do. Attachments come after their subjects. */
async function takeImages(app: App, { runId, repository, policy }: Progress): Promise<boolean> {
  const byPulls = new Set(
    policy.rules
      .filter(({ selection }) => selection.countType === 'sinceImagePulled')
      .map(({ rulePriority }) => rulePriority),
  );
  const until = Date.now() + JOB_MS;
  for (const goesWith of [null, { not: null }]) {
    for (;;) {
      const images = await app.db.lifecycleRunImage.findMany({
        where: { runId, outcome: 'planned', goesWith },
        orderBy: { position: 'desc' },
        take: BATCH,
        select: { position: true, digest: true, action: true, rulePriority: true },
      });
      for (const image of images) {
        if (Date.now() > until) return false;
        await takeImage(app, { runId, repository, ...image, byPulls: byPulls.has(image.rulePriority) });
      }
      if (images.length < BATCH) break;
    }
  }
  return true;
}

/** What is still planned stays, because the policy has changed or is gone. */
async function finishRun(app: App, { id: repositoryId, registryKey, fullName }: RunRepository, runId: string) {
  await app.db.$transaction(async (tx) => {
    const now = new Date();
    await tx.lifecycleRunImage.updateMany({ where: { runId, outcome: 'planned' }, data: { outcome: 'changed' } });
    const { count } = await tx.lifecycleRun.updateMany({
      where: { id: runId, finishedAt: null },
      data: { finishedAt: now },
    });
    if (count === 0) return;
    await tx.lifecyclePolicy.updateMany({ where: { repositoryId }, data: { evaluatedAt: now } });
    const groups = await tx.lifecycleRunImage.groupBy({
      by: ['action'],
      where: { runId, outcome: 'done' },
      _count: true,
    });
    const countOf = (action: string) => groups.find((group) => group.action === action)?._count ?? 0;
    const after = { run: runId, expired: countOf('expire'), archived: countOf('transition') };
    if (after.expired + after.archived === 0 || registryKey === 0n) return;
    const resource = { repositoryId, name: fullName };
    await recordChange(tx, {
      type: 'repository.run-lifecycle-policy',
      caller: SYSTEM_CALLER,
      registryKey,
      resource,
      after,
    });
  });
}
