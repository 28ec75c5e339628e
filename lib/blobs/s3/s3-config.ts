// Settings of blobs on S3.
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { httpUrl } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';
import { AppError } from '#lib/platform/errors.ts';

const MAX_URL_SECONDS = 1800;
const MIN_HMAC_KEY_LENGTH = 32;

export const S3_VARIABLES = {
  S3_BUCKET: {
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .optional(),
    doc: 'Bucket for blobs and uploads',
    fallback: 'blobs in DATA_DIR',
  },
  S3_ENDPOINT: {
    schema: httpUrl.optional(),
    doc: 'Address of an S3-compatible server',
    fallback: 'AWS',
  },
  S3_REGION: {
    schema: z
      .string()
      .regex(/^[\w-]+$/, 'must be a name such as eu-central-1')
      .default('us-east-1'),
    doc: 'Region of the bucket',
    fallback: 'us-east-1',
  },
  S3_ACCESS_KEY_ID: {
    schema: z.string().optional(),
    doc: 'Access key ID for the bucket',
    fallback: 'credentials of the environment or the instance',
  },
  S3_SECRET_ACCESS_KEY: {
    schema: z.string().optional(),
    doc: 'Secret access key for the bucket',
    fallback: 'credentials of the environment or the instance',
    isSecret: true,
  },
  S3_PREFIX: {
    schema: z
      .string()
      .regex(/^(?:\w[\w.-]*\/)*\w[\w.-]*\/?$/, 'must look like vitrine/prod')
      .optional(),
    doc: 'Folder in the bucket, such as vitrine/prod',
    fallback: 'none',
  },
  S3_PATH_STYLE: {
    schema: z.enum(['0', '1'], { error: 'must be 0 or 1' }).optional(),
    doc: 'Put the name of the bucket in the path instead of the host: 1 or 0',
    fallback: '1 with S3_ENDPOINT, else 0',
  },
  S3_ENCRYPTION: {
    schema: z.enum(['AES256', 'aws:kms'], { error: 'must be AES256 or aws:kms' }).optional(),
    doc: 'Server-side encryption of new objects: AES256 or aws:kms',
    fallback: "the bucket's default",
  },
  S3_KMS_KEY_ID: {
    schema: z.string().optional(),
    doc: 'KMS key for S3_ENCRYPTION=aws:kms',
    fallback: "the account's key",
  },
  S3_DELIVERY: {
    schema: z.enum(['proxy', 'redirect', 'cdn'], { error: 'must be proxy, redirect or cdn' }).default('proxy'),
    doc: 'Who sends blobs of 1 MiB and more: the site (proxy), the bucket (redirect) or a CDN (cdn)',
    fallback: 'proxy',
  },
  S3_PUBLIC_ENDPOINT: {
    schema: httpUrl.optional(),
    doc: 'Address of the S3 server that clients are redirected to',
    fallback: 'S3_ENDPOINT',
  },
  S3_URL_SECONDS: {
    schema: z.coerce
      .number({ error: 'must be a number of seconds' })
      .int()
      .min(60, 'must be at least 60')
      .max(MAX_URL_SECONDS, `must be at most ${MAX_URL_SECONDS}`)
      .default(1200),
    doc: 'How long a signed URL is valid',
    fallback: '1200',
  },
  CDN_URL: {
    schema: httpUrl.optional(),
    doc: 'Address of the CDN in front of the bucket',
    fallback: 'none',
  },
  CDN_KEY: {
    schema: z.string().optional(),
    doc: 'Private key in PEM format (CloudFront), or a secret of at least 32 characters (HMAC)',
    fallback: 'none',
    isSecret: true,
  },
  CDN_KEY_PAIR_ID: {
    schema: z.string().regex(/^\w+$/, 'must be an ID such as K2JCJMDEHXQW5F').optional(),
    doc: "ID of CloudFront's public key",
    fallback: 'HMAC signatures',
  },
} as const satisfies Record<string, VariableRow>;

export type CdnConfig = {
  url: string;
  /** A private key in PEM format with `keyPairId`, else the secret of an HMAC. */
  key: string;
  keyPairId: string | null;
};

export type S3Config = {
  bucket: string;
  /** Empty, or ends with a slash. */
  prefix: string;
  endpoint: string | null;
  region: string;
  /** Null: found by the AWS SDK. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  isPathStyle: boolean;
  encryption: { algorithm: 'AES256' | 'aws:kms'; kmsKeyId: string | null } | null;
  delivery: { kind: 'proxy' } | { kind: 'redirect'; endpoint: string | null } | { kind: 'cdn'; cdn: CdnConfig };
  urlSeconds: number;
};

type Values = ValuesOf<typeof S3_VARIABLES>;

/** Null: blobs are on disk. @throws AppError `invalid_input`, naming the variables */
export function readS3Config(values: Values): S3Config | null {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint = null, S3_PATH_STYLE: pathStyle } = values;
  if (bucket === undefined) return requireNoOther(values);
  return {
    bucket,
    prefix: values.S3_PREFIX ? `${values.S3_PREFIX.replace(/\/$/, '')}/` : '',
    endpoint,
    region: values.S3_REGION,
    credentials: readCredentials(values),
    isPathStyle: pathStyle === undefined ? endpoint !== null : pathStyle === '1',
    encryption: readEncryption(values),
    delivery: readDelivery(values),
    urlSeconds: values.S3_URL_SECONDS,
  };
}

function requireNoOther({ S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: Values): null {
  if (!S3_ENDPOINT && !S3_ACCESS_KEY_ID && !S3_SECRET_ACCESS_KEY) return null;
  throw new AppError('invalid_input', 'S3_BUCKET is not set, but other S3_ settings are. Set it to store blobs on S3.');
}

function readCredentials({ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey }: Values) {
  if (!accessKeyId && !secretAccessKey) return null;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  throw new AppError('invalid_input', 'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set together.');
}

function readEncryption({ S3_ENCRYPTION: algorithm, S3_KMS_KEY_ID: kmsKeyId }: Values): S3Config['encryption'] {
  if (kmsKeyId !== undefined && algorithm !== 'aws:kms') {
    throw new AppError('invalid_input', 'S3_KMS_KEY_ID needs S3_ENCRYPTION=aws:kms.');
  }
  return algorithm === undefined ? null : { algorithm, kmsKeyId: kmsKeyId ?? null };
}

function readDelivery(values: Values): S3Config['delivery'] {
  const { S3_DELIVERY: kind, S3_PUBLIC_ENDPOINT, S3_ENDPOINT } = values;
  if (kind === 'proxy') return { kind };
  if (kind === 'redirect') return { kind, endpoint: S3_PUBLIC_ENDPOINT ?? S3_ENDPOINT ?? null };
  return { kind, cdn: readCdn(values) };
}

function readCdn({ CDN_URL: url, CDN_KEY: key, CDN_KEY_PAIR_ID: keyPairId }: Values): CdnConfig {
  if (!url || !key) throw new AppError('invalid_input', 'S3_DELIVERY=cdn needs CDN_URL and CDN_KEY.');
  if (keyPairId !== undefined) requirePrivateKey(key);
  else if (key.length < MIN_HMAC_KEY_LENGTH) {
    throw new AppError('invalid_input', `CDN_KEY must have at least ${MIN_HMAC_KEY_LENGTH} characters.`);
  }
  return { url, key, keyPairId: keyPairId ?? null };
}

function requirePrivateKey(pem: string): void {
  try {
    createPrivateKey(pem);
  } catch (cause) {
    throw new AppError('invalid_input', 'CDN_KEY must be a private key in PEM format with CDN_KEY_PAIR_ID.', { cause });
  }
}
