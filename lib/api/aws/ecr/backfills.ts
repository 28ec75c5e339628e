import { z } from 'zod';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import type { BackfillResult } from '#lib/replication/backfills/backfill-rows.sql.ts';
import type { BackfillView } from '#lib/replication/backfills/backfill-view.ts';
import { listBackfills, showBackfill } from '#lib/replication/backfills/show-backfill.ts';
import { startBackfill } from '#lib/replication/backfills/start-backfill.ts';
import { stopBackfill } from '#lib/replication/backfills/stop-backfill.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import type { AwsApp } from '../aws-app.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsRegistry } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { ECR_BACKFILL_SHAPES } from './shapes/backfills.ts';

const DEFAULT_BACKFILLS = 50;
const DEFAULT_RESULTS = 100;
const positionSchema = z.object({ startedAt: z.coerce.date(), id: z.string() });

export const ECR_BACKFILLS = defineOperations('ecr', ECR_BACKFILL_SHAPES, {
  StartReplicationBackfill: async (app, call, { destination, registryId }) => {
    const { registryKey, own } = await requireOwnRegistry(app, call, registryId);
    const backfill = await startBackfill(app, { caller: call.caller, registryKey, destination }).catch(
      (error: unknown) => {
        if (isAppError(error) && error.code === 'invalid_input') throw invalidParameter('destination', error.message);
        throw renamed(error, { conflict: 'ReplicationBackfillInProgressException' });
      },
    );
    return { registryId: own, ...presentStart(backfill) };
  },

  StopReplicationBackfill: async (app, call, { replicationBackfillId: id, registryId }) => {
    const { registryKey, own } = await requireOwnRegistry(app, call, registryId);
    const backfill = await stopBackfill(app, { caller: call.caller, registryKey, id }).catch((error: unknown) => {
      throw renamed(error, { ...NOT_FOUND, conflict: 'ReplicationBackfillInvalidStatusException' });
    });
    return { registryId: own, ...presentStart(backfill) };
  },

  ListReplicationBackfills: async (app, call, { registryId, maxResults = DEFAULT_BACKFILLS, nextToken }) => {
    const { registryKey, own } = await requireOwnRegistry(app, call, registryId);
    const key = app.authKeys.awsPages;
    const question = [call.action, own];
    const after = openPageToken(key, question, { token: nextToken, schema: positionSchema });
    const rows = await listBackfills(app, { caller: call.caller, registryKey, after, limit: maxResults + 1 });
    const backfills = rows.slice(0, maxResults);
    const last = backfills.at(-1);
    const next = rows.length > maxResults && last ? sealPageToken(key, question, last) : null;
    return {
      registryId: own,
      backfills: backfills.map((one) => ({ ...presentStart(one), ...presentEnd(one) })),
      ...(next !== null && { nextToken: next }),
    };
  },

  DescribeReplicationBackfillResults: async (app, call, input) => {
    const { replicationBackfillId: id, maxResults = DEFAULT_RESULTS, nextToken, resultStatusFilter = null } = input;
    const { registryKey, own } = await requireOwnRegistry(app, call, input.registryId);
    const key = app.authKeys.awsPages;
    const question = [call.action, own, id, resultStatusFilter];
    const after = openPageToken(key, question, { token: nextToken, schema: z.string() }) ?? '0';
    const state = resultStatusFilter && FILTERS[resultStatusFilter];
    const asked = { caller: call.caller, registryKey, id, after, state, limit: maxResults + 1 };
    const { results: found, ...backfill } = await showBackfill(app, asked).catch((error: unknown) => {
      throw renamed(error, NOT_FOUND);
    });
    const results = found.slice(0, maxResults);
    const last = results.at(-1);
    const next = found.length > maxResults && last ? sealPageToken(key, question, last.position) : null;
    return {
      registryId: own,
      ...presentStart(backfill),
      ...presentEnd(backfill),
      results: results.map(presentResult),
      ...(next !== null && { nextToken: next }),
    };
  },
});

async function requireOwnRegistry(app: AwsApp, call: Call, registryId: string | undefined) {
  await requireAwsRegistry(app, call, { registryId });
  const { registryKey, membership } = call.holder;
  return { registryKey, own: membership.registryId };
}

const NOT_FOUND = { not_found: 'ReplicationBackfillNotFoundException' } as const;

function renamed(error: unknown, names: Partial<Record<ErrorCode, string>>): unknown {
  const name = isAppError(error) ? names[error.code] : undefined;
  return name !== undefined && isAppError(error) ? awsError(name, error.message) : error;
}

const FILTERS = { COMPLETE: 'complete', FAILED: 'failed' } as const;
const STATUSES = {
  preparing: 'PREPARING',
  in_progress: 'IN_PROGRESS',
  complete: 'COMPLETE',
  failed: 'FAILED',
  stopped: 'STOPPED',
} as const;

function presentStart({ id, destination, state, startedAt }: BackfillView) {
  return { replicationBackfillId: id, destination, startedAt, status: STATUSES[state] };
}

function presentEnd({ endedAt, failureCode, progress }: BackfillView) {
  return {
    ...(endedAt && { endedAt }),
    ...(failureCode !== null && { failureCode }),
    progress: {
      totalReplicationCount: progress.total,
      completedReplicationCount: progress.completed,
      failedReplicationCount: progress.failed,
      failureCodes: progress.failureCodes,
    },
  };
}

function presentResult({ repositoryName, reference, digest, state, failureCode }: BackfillResult) {
  return {
    repositoryName,
    imageId: { imageDigest: digest, ...(reference !== digest && { imageTag: reference }) },
    status: state === 'complete' ? ('COMPLETE' as const) : ('FAILED' as const),
    ...(state === 'failed' && failureCode !== null && { failureCode }),
  };
}
