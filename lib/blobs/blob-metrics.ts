import { defineMetrics, type MetricGroup } from '#lib/platform/metrics/define-metrics.ts';
import { STORAGE_OPERATIONS, type StorageErrors } from './counted/storage-errors.ts';
import type { Intake } from './intake.ts';
import type { Volume } from './volume.ts';

type Source = { intake: Intake; counts: { storage: StorageErrors }; volume: Volume };

export const BLOB_METRICS: MetricGroup<Source> = defineMetrics(
  {
    vitrine_uploads_in_flight: { kind: 'gauge', help: 'Requests that write to an upload at the moment' },
    vitrine_stored_blobs_total: { kind: 'counter', help: 'Uploads that became blobs' },
    vitrine_stored_bytes_total: { kind: 'counter', help: 'Bytes of uploads that became blobs' },
    vitrine_storage_errors_total: {
      kind: 'counter',
      help: 'Failures of the blob store',
      labels: { operation: STORAGE_OPERATIONS },
    },
    vitrine_disk_free_bytes: { kind: 'gauge', help: 'Free space on the blob disk' },
    vitrine_disk_size_bytes: { kind: 'gauge', help: 'Size of the blob disk' },
    vitrine_disk_reserve_bytes: { kind: 'gauge', help: 'Free space below which pushes are rejected' },
  },
  ({ intake, counts, volume }) => {
    const space = volume.readSpace();
    return {
      vitrine_uploads_in_flight: intake.counts.writing,
      vitrine_stored_blobs_total: intake.counts.blobs,
      vitrine_stored_bytes_total: intake.counts.bytes,
      vitrine_storage_errors_total: STORAGE_OPERATIONS.map((operation) => ({
        labels: { operation },
        value: counts.storage.counts[operation],
      })),
      vitrine_disk_free_bytes: space?.freeBytes ?? null,
      vitrine_disk_size_bytes: space?.totalBytes ?? null,
      vitrine_disk_reserve_bytes: space?.reserveBytes ?? null,
    };
  },
);

export const VOLUME_METRICS: MetricGroup<Source> = defineMetrics(
  {
    vitrine_storage_writable: {
      kind: 'gauge',
      help: '1 if blobs can be written, 0 if the disk is full, read-only or unavailable',
    },
  },
  async ({ volume }) => ({ vitrine_storage_writable: (await volume.findWriteProblem()) === null ? 1 : 0 }),
  { isOfSite: true },
);
