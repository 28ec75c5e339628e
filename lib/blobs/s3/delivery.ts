// Signs the URLs that clients fetch large blobs from.
import { createHmac } from 'node:crypto';
import { getSignedUrl as signForCloudFront } from '@aws-sdk/cloudfront-signer';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl as presign } from '@aws-sdk/s3-request-presigner';
import { LRUCache } from 'lru-cache';
import type { Bucket } from './bucket.ts';
import type { CdnConfig } from './s3-config.ts';

const MAX_REMEMBERED = 20_000;

/** Signs URLs of objects, which are valid for at least half of the configured time. */
export type UrlSigner = {
  sign: (objectKey: string) => Promise<string>;
  /** Null: none has been signed recently. */
  recall: (objectKey: string) => string | null;
};

type Sign = (objectKey: string, expiresAt: Date) => string | Promise<string>;

/** Signs S3 URLs. `client` has the endpoint that clients of the site can reach. */
export function presignUrls(client: S3Client, bucket: Bucket, lifetimeSeconds: number): UrlSigner {
  return remember(lifetimeSeconds, (objectKey) => {
    const { bucket: Bucket, key: Key } = bucket.toLocation(objectKey);
    return presign(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: lifetimeSeconds });
  });
}

/** Signs URLs of a host in front of the bucket. */
export function signCdnUrls(cdn: CdnConfig, bucket: Bucket, lifetimeSeconds: number): UrlSigner {
  return remember(lifetimeSeconds, (objectKey, expiresAt) => {
    const path = `/${bucket.toLocation(objectKey).key.split('/').map(encodeURIComponent).join('/')}`;
    const url = `${cdn.url}${path}`;
    if (cdn.keyPairId === null) return `${url}?${signByHmac(path, expiresAt, cdn.key)}`;
    const until = expiresAt.toISOString();
    return signForCloudFront({ url, keyPairId: cdn.keyPairId, privateKey: cdn.key, dateLessThan: until });
  });
}

/** docs/s3.md tells how a CDN checks it. */
function signByHmac(path: string, expiresAt: Date, key: string): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${path}\n${expires}`).digest('base64url');
  return new URLSearchParams({ expires, signature }).toString();
}

function remember(lifetimeSeconds: number, sign: Sign): UrlSigner {
  const known = new LRUCache<string, string>({ max: MAX_REMEMBERED, ttl: (lifetimeSeconds * 1000) / 2 });
  return {
    sign: async (objectKey) => {
      const found = known.get(objectKey);
      if (found !== undefined) return found;
      const url = await sign(objectKey, new Date(Date.now() + lifetimeSeconds * 1000));
      known.set(objectKey, url);
      return url;
    },
    recall: (objectKey) => known.get(objectKey) ?? null,
  };
}
