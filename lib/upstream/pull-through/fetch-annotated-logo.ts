import { encodeLogo } from '#lib/publishers/logos/encode-logo.ts';
import { MAX_LOGO_BYTES } from '#lib/publishers/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

/** https://artifacthub.io/docs/topics/repositories/container-images/. The OCI spec has no annotation for a logo. */
const LOGO_URL = 'io.artifacthub.package.logo-url';
const MAX_URL_LENGTH = 1_000;

/**
 * Downloads and re-encodes the logo that an image names. Null when it names none, or none that can be fetched and
 * shown.
 */
export async function fetchAnnotatedLogo(
  app: { upstream: UpstreamRuntime; logoLimiter: FairLimiter },
  annotations: Record<string, string>,
): Promise<Buffer | null> {
  const text = annotations[LOGO_URL] ?? '';
  const url = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const { client, closing } = app.upstream;
  try {
    const bytes = await client.fetchFile({ url, maxBytes: MAX_LOGO_BYTES, signal: closing.signal });
    return bytes && (await encodeLogo(app, bytes, url.host));
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
