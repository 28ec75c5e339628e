import type { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import type { UpstreamResponse } from './upstream-client.ts';

/** @throws AppError `upstream_invalid` for what is not 200, too long, or not of that form */
export async function readJson<Schema extends z.ZodType>(
  { status, body }: UpstreamResponse,
  { host, maxBytes, schema }: { host: string; maxBytes: number; schema: Schema },
): Promise<z.output<Schema>> {
  const refuse = (what: string) => new AppError('upstream_invalid', `${host} gave a list ${what}.`);
  if (status !== 200) {
    body.destroy();
    throw refuse(`with status ${status}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw refuse('that is too long');
    chunks.push(chunk);
  }
  try {
    return schema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    throw refuse('that makes no sense');
  }
}
