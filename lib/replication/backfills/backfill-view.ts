import type { ReplicationBackfill } from '#lib/platform/prisma/client.ts';
import type { ReplicationDestinationName } from '../schema.ts';
import type { BackfillProgress } from './backfill-rows.sql.ts';

export type BackfillView = {
  id: string;
  destination: ReplicationDestinationName;
  state: ReplicationBackfill['state'];
  startedAt: Date;
  endedAt: Date | null;
  failureCode: string | null;
  progress: BackfillProgress;
};

export function toBackfillView(
  { id, region, destinationRegistryId, state, startedAt, endedAt, failureCode }: ReplicationBackfill,
  progress: BackfillProgress | null | undefined,
): BackfillView {
  return {
    id,
    destination: { region, registryId: destinationRegistryId },
    state,
    startedAt,
    endedAt,
    failureCode,
    progress: progress ?? { total: 0, completed: 0, failed: 0, failureCodes: [] },
  };
}
