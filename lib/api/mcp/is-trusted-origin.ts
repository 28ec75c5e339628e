const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

type OriginConfig = { publicUrl: string; isPublicUrlSet: boolean };

/**
 * Rejects pages of other sites, which could reach this one by DNS rebinding. Programs send no Origin.
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#security-warning
 */
export function isTrustedOrigin(origin: string | null, { publicUrl, isPublicUrlSet }: OriginConfig): boolean {
  if (origin === null) return true;
  const [asked, own] = [URL.parse(origin), new URL(publicUrl)];
  if (!asked) return false;
  if (asked.origin === own.origin) return true;
  return !isPublicUrlSet && asked.port === own.port && asked.protocol === own.protocol && LOOPBACK.has(asked.hostname);
}
