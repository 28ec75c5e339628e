import { createHmac } from 'node:crypto';

export type SignedContent = { id: string; timestampSeconds: number; body: string };

/**
 * Returns the headers of the Standard Webhooks specification, with a signature by each secret, and the `X-Signature` that Flux checks.
 * @param secrets `whsec_…`, the newest first
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signRequest(
  secrets: readonly string[],
  { id, timestampSeconds, body }: SignedContent,
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`;
  });
  const [newest = ''] = secrets;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
    'x-signature': `sha256=${createHmac('sha256', newest).update(body).digest('hex')}`,
  };
}
