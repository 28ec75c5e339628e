import type { z } from 'zod';
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import { AppError } from '#lib/platform/errors.ts';
import { readBounded } from './read-bounded.ts';
import type { UpstreamResponse } from '#lib/upstream/client/upstream-client.ts';

/** Values in a page of tags or referrers: as many as a schema validates in a tenth of a second. */
const MAX_VALUES = 200_000;

/** @throws AppError `upstream_invalid` unless the response is a 200 of bounded length that matches the schema */
export async function readJson<Schema extends z.ZodType>(
  { status, body }: UpstreamResponse,
  { host, maxBytes, schema }: { host: string; maxBytes: number; schema: Schema },
): Promise<z.output<Schema>> {
  const refuse = (what: string) => new AppError('upstream_invalid', `${host} returned a list ${what}.`);
  if (status !== 200) {
    body.destroy();
    throw refuse(`with status ${status}`);
  }
  const bytes = await readBounded(body, maxBytes);
  if (!bytes || hasMoreValues(bytes, MAX_VALUES)) throw refuse('that is too long');
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw refuse('that is malformed');
  }
}
