// Page tokens are opaque to clients, and bound to the query that they continue, so that they can't continue another one.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { invalidParameter } from './aws-error.ts';

const MAC_BYTES = 16;
const MAX_TOKEN_LENGTH = 2_048;

/** What a token continues: the operation, registry, repository and filter. */
export type PagedQuestion = readonly (string | null | undefined)[];

export function sealPageToken(key: Uint8Array, question: PagedQuestion, position: unknown): string {
  const text = Buffer.from(JSON.stringify(position));
  return Buffer.concat([macOf(key, question, text), text]).toString('base64url');
}

/** @throws AppError `InvalidParameterException` for a token that was altered or belongs to another query */
export function openPageToken<Position extends z.ZodType>(
  key: Uint8Array,
  question: PagedQuestion,
  { token, schema }: { token: string | undefined; schema: Position },
): z.output<Position> | null {
  if (token === undefined || token === '') return null;
  const bytes = token.length > MAX_TOKEN_LENGTH ? Buffer.alloc(0) : Buffer.from(token, 'base64url');
  const [mac, text] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
  if (mac.length < MAC_BYTES || !timingSafeEqual(mac, macOf(key, question, text))) {
    throw invalidParameter('nextToken', 'must be the token of the page before, with the same parameters');
  }
  return schema.parse(JSON.parse(text.toString('utf8')));
}

function macOf(key: Uint8Array, question: PagedQuestion, text: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(question))
    .update('\0')
    .update(text)
    .digest()
    .subarray(0, MAC_BYTES);
}
