// Settings of blob storage.
import { byteSize } from '#lib/platform/config/byte-size.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const BLOB_VARIABLES = {
  DISK_RESERVE: {
    schema: byteSize.optional(),
    doc: 'Free disk space that blobs may not use, such as 5GB (0: none)',
    fallback: '2GB, or 5% of a disk below 40 GB',
  },
} as const satisfies Record<string, VariableRow>;

export type BlobConfig = {
  /** Free space that blobs may not use. Null: derived from the disk's size. */
  diskReserveBytes: number | null;
};

type Values = ValuesOf<typeof BLOB_VARIABLES>;

export function readBlobConfig(values: Values): BlobConfig {
  return {
    diskReserveBytes: values.DISK_RESERVE ?? null,
  };
}
