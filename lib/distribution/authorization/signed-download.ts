// Signed URLs that serve one blob of one repository without further credentials. They carry the current rights of the
// access key that requested them (ADR 36).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import { findKeyHolder } from '#lib/identity/access-keys/find-key-holder.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Credentials } from './credentials.ts';

const TTL_MS = 3_600_000;

type Download = { fullName: string; digest: Digest };

type Signed = Download & { accessKeyId: string; issuedMs: number; expiresMs: number };

/**
 * Returns the URL's query.
 * @param download.credentialEnd when the credentials that ask for it expire, or null
 */
export function signDownload(
  key: Uint8Array,
  { credentialEnd, ...download }: Download & { accessKeyId: string; credentialEnd: Date | null },
): string {
  const issuedMs = Date.now();
  const expiresMs = Math.min(issuedMs + TTL_MS, credentialEnd?.getTime() ?? Infinity);
  const signed = { ...download, issuedMs, expiresMs };
  return new URLSearchParams({
    'access-key': download.accessKeyId,
    issued: String(issuedMs),
    expires: String(expiresMs),
    signature: macOf(key, signed).toString('base64url'),
  }).toString();
}

export type DownloadGrant = { credentials: Credentials; issuedAt: Date };

/**
 * Authenticates a request by its URL.
 * @throws AppError `forbidden` if the URL was altered or has expired, or its key no longer works
 */
export async function authenticateDownload(
  app: { pool: pg.Pool; authKeys: { awsDownloads: Uint8Array } },
  download: Download,
  query: URLSearchParams,
): Promise<DownloadGrant> {
  const accessKeyId = query.get('access-key') ?? '';
  const issuedMs = readTime(query, 'issued');
  const expiresMs = readTime(query, 'expires');
  const expected = macOf(app.authKeys.awsDownloads, { ...download, accessKeyId, issuedMs, expiresMs });
  const actual = Buffer.from(query.get('signature') ?? '', 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw invalid();
  if (expiresMs <= Date.now()) throw invalid();
  const holder = await findKeyHolder(app, accessKeyId);
  if (!holder) throw invalid();
  return { credentials: { kind: 'password', principal: holder.principal }, issuedAt: new Date(issuedMs) };
}

/**
 * Checks the URL against the repository that has its name now.
 * @throws AppError `forbidden` for a new repository of the same name
 */
export function requireSameRepository({ issuedAt }: DownloadGrant, { createdAt }: FoundRepository): void {
  if (createdAt > issuedAt) throw invalid();
}

function macOf(key: Uint8Array, { fullName, digest, accessKeyId, issuedMs, expiresMs }: Signed): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([fullName, digest, accessKeyId, issuedMs, expiresMs]))
    .digest();
}

function readTime(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function invalid(): AppError {
  return new AppError('forbidden', 'This download URL is invalid or has expired. Request a new one.');
}
