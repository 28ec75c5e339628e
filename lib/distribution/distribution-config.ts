// Settings of pushes, pulls and garbage collection.
import { z } from 'zod';
import { byteSize } from '#lib/platform/config/byte-size.ts';
import { count, flag, networks } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

export const DISTRIBUTION_VARIABLES = {
  PULLS_PER_HOUR: {
    schema: count(0),
    doc: 'Anonymous pulls per client and hour, on each replica (0: unlimited)',
    fallback: '0',
  },
  TOKENS_PER_MINUTE: {
    schema: count(600),
    doc: 'Unauthenticated token requests per client and minute, on each replica (0: unlimited)',
    fallback: '600',
  },
  UNLIMITED_NETWORKS: {
    schema: networks('127.0.0.0/8,::1'),
    doc: 'Comma-separated networks exempt from both rate limits',
    fallback: '127.0.0.0/8,::1',
  },
  UPLOADS_PER_USER: {
    schema: count(5000),
    doc: 'Open blob uploads per user (0: unlimited)',
    fallback: '5000',
  },
  UPLOADS_PER_REPOSITORY: {
    schema: count(5000),
    doc: 'Open blob uploads per repository (0: unlimited)',
    fallback: '5000',
  },
  MAX_BLOB_SIZE: {
    schema: byteSize.refine((bytes) => bytes > 0, 'must be greater than 0').default(100 * 1024 ** 3),
    doc: 'Largest blob that can be pushed, such as 10GB',
    fallback: '100GB',
  },
  GC_GRACE_SECONDS: {
    schema: z.coerce.number({ error: 'must be a number of seconds' }).int().min(1).max(31_536_000).default(3600),
    doc: 'How long unreferenced blobs are kept',
    fallback: '3600',
  },
  SPARSE_IMAGES: {
    schema: flag('0'),
    doc: 'Accept images with missing layers: 1 or 0',
    fallback: '0',
  },
  UNSIGNED_SCHEMA_1: {
    schema: flag('0'),
    doc: 'Accept manifests of schema 1 without signatures: 1 or 0',
    fallback: '0',
  },
  STRICT_ACCEPT: {
    schema: flag('0'),
    doc: 'Answer 404 to a pull by tag whose `Accept` header names no format that the image has: 1 or 0',
    fallback: '0',
  },
} as const satisfies Record<string, VariableRow>;

export type DistributionConfig = {
  /** Anonymous, per client; 0: unlimited. */
  pullsPerHour: number;
  /** Without valid credentials, per client; 0: unlimited. */
  tokensPerMinute: number;
  /** Networks exempt from both limits. */
  unlimitedNetworks: string[];
  /** Open uploads; 0: unlimited. */
  uploadsPerUser: number;
  uploadsPerRepository: number;
  maxBlobBytes: number;
  /** Minimum age of garbage before it is removed. */
  gcGraceSeconds: number;
  /** Accept image manifests whose layers are missing. An index may always list missing manifests. */
  takesSparseImages: boolean;
  /** Accept schema 1 manifests without signatures. */
  takesUnsignedSchema1: boolean;
  /** Refuse pulls by tag in formats that the image doesn't have. */
  isAcceptStrict: boolean;
};

type Values = ValuesOf<typeof DISTRIBUTION_VARIABLES>;

export function readDistributionConfig(values: Values): DistributionConfig {
  return {
    pullsPerHour: values.PULLS_PER_HOUR,
    tokensPerMinute: values.TOKENS_PER_MINUTE,
    unlimitedNetworks: values.UNLIMITED_NETWORKS,
    uploadsPerUser: values.UPLOADS_PER_USER,
    uploadsPerRepository: values.UPLOADS_PER_REPOSITORY,
    maxBlobBytes: values.MAX_BLOB_SIZE,
    gcGraceSeconds: values.GC_GRACE_SECONDS,
    takesSparseImages: values.SPARSE_IMAGES,
    takesUnsignedSchema1: values.UNSIGNED_SCHEMA_1,
    isAcceptStrict: values.STRICT_ACCEPT,
  };
}
