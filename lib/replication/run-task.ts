import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError, type AppError } from '#lib/platform/errors.ts';
import { RegistryClient, type Agents } from './client/registry-client.ts';
import { copyImage, inNamespace, type CopyApp, type CopyOutcome } from './copy-image.ts';
import { loadDestination } from './load-destination.ts';
import {
  endTask,
  rememberUpload,
  LEASE_SECONDS,
  pauseDestination,
  renewTaskLease,
  resumeDestination,
  type LeasedTask,
  type TaskEnd,
} from './task-rows.sql.ts';

export type ReplicationApp = CopyApp & {
  db: Db;
  secrets: StoredSecrets;
  config: { site: { region: string } };
};

/** Consent and settings are corrected by people. Their tasks look again by themselves. */
const REFUSED_RETRY_SECONDS = 10 * 60;
const FIRST_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 5 * 60;

/** Carries out one task and records how it ended. Never rejects for a failure of the destination. */
export async function runTask(
  app: ReplicationApp,
  { task, agents, signal }: { task: LeasedTask; agents: Agents; signal: AbortSignal },
): Promise<void> {
  const lost = new AbortController();
  const renewing = setInterval(
    () => {
      renewTaskLease(app, task).then(
        (sequence) => sequence ?? lost.abort(new Error('the lease has been lost')),
        () => undefined,
      );
    },
    (LEASE_SECONDS / 4) * 1000,
  );
  const both = AbortSignal.any([signal, lost.signal]);
  try {
    const outcome = await carryOut(app, { task, agents, signal: both });
    await resumeDestination(app, task.destinationId);
    await endTask(app, task, toEnd(outcome));
  } catch (error) {
    if (lost.signal.aborted) return;
    if (signal.aborted) return await endTask(app, task, pending(0, null));
    if (!isAppError(error)) app.log.error({ err: error, task: task.id }, 'replication failed unexpectedly');
    const end = isAppError(error) ? await judge(app, task, error) : pending(MAX_RETRY_SECONDS, null);
    await endTask(app, task, end);
  } finally {
    clearInterval(renewing);
  }
}

async function carryOut(
  app: ReplicationApp,
  { task, agents, signal }: { task: LeasedTask; agents: Agents; signal: AbortSignal },
): Promise<CopyOutcome> {
  const { reference, digest } = task;
  const destinationId = BigInt(task.destinationId);
  const { address, namespace, maxBytesPerSecond } = await loadDestination(app, destinationId);
  const repository = inNamespace(namespace, task.repositoryName);
  const client = new RegistryClient({ agents, address, repository, signal });
  if (digest === null) return deleteThere(client, reference);
  return copyImage(app, {
    client,
    repositoryId: BigInt(task.repositoryId),
    destinationId,
    namespace,
    digest,
    tag: reference === digest ? null : reference,
    origin: `${app.config.site.region}/${task.sourceRegistryId}`,
    maxBytesPerSecond,
    resume:
      task.uploadDigest !== null && task.uploadUrl !== null ? { digest: task.uploadDigest, url: task.uploadUrl } : null,
    onUpload: (upload) => rememberUpload(app, task, upload),
    isCurrent: async () => (await renewTaskLease(app, task)) === task.sequence,
  });
}

/** Registries that can't delete tags answer 405, which leaves the tag as it is. */
async function deleteThere(client: RegistryClient, reference: string): Promise<CopyOutcome> {
  await client.send({ method: 'DELETE', path: `manifests/${reference}` });
  return 'copied';
}

function toEnd(outcome: CopyOutcome): TaskEnd {
  if (outcome === 'outdated') return pending(0, null);
  const isTaken = outcome === 'tag-immutable';
  const failure = isTaken ? 'The tag is immutable at the destination. The image arrived without it.' : null;
  return { state: 'complete', code: isTaken ? 'TagImmutable' : null, failure, retrySeconds: 0 };
}

async function judge(app: ReplicationApp, task: LeasedTask, error: AppError): Promise<TaskEnd> {
  const { code, message, retryAfterSeconds = 0 } = error;
  if (code === 'upstream_unavailable' || code === 'upstream_rate_limited') {
    await pauseDestination(app, task.destinationId, message);
    return pending(Math.max(backoff(task.attempts), retryAfterSeconds), message);
  }
  // Its deletion or archiving is planned by the change that did so.
  if (code === 'manifest_not_found' || code === 'manifest_archived') {
    return { state: 'complete', code: 'ImageNotFound', failure: message, retrySeconds: 0 };
  }
  const shown = code === 'upstream_denied' ? 'AccessDenied' : 'ReplicationFailed';
  return { state: 'failed', code: shown, failure: message, retrySeconds: REFUSED_RETRY_SECONDS };
}

function pending(retrySeconds: number, failure: string | null): TaskEnd {
  return { state: 'pending', code: null, failure, retrySeconds };
}

/** Full jitter. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function backoff(attempts: number): number {
  return Math.random() * Math.min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(attempts, 20));
}
