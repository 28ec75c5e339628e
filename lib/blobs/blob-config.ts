// Settings of blob storage.
import { byteSize } from '#lib/platform/config/byte-size.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { readS3Config, S3_VARIABLES, type S3Config } from './s3/s3-config.ts';

export const BLOB_VARIABLES = {
  DISK_RESERVE: {
    schema: byteSize.optional(),
    doc: 'Free disk space that blobs may not use, such as 5GB (0: none)',
    fallback: '2GB, or 5% of a disk below 40 GB',
  },
  ...S3_VARIABLES,
} as const satisfies Record<string, VariableRow>;

export type BlobConfig = {
  /** Free space that blobs may not use. Null: derived from the disk's size. */
  diskReserveBytes: number | null;
  /** Null: blobs are on disk. */
  s3: S3Config | null;
};

type Values = ValuesOf<typeof BLOB_VARIABLES>;

/** @throws AppError `invalid_input`, naming the variables */
export function readBlobConfig(values: Values): BlobConfig {
  return {
    diskReserveBytes: values.DISK_RESERVE ?? null,
    s3: readS3Config(values),
  };
}
