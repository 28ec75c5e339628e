import type { IncomingMessage } from 'node:http';
import { readBody } from '#lib/distribution/http/read-body.ts';
import { awsError } from '../aws-error.ts';

/** The largest part takes this long at 2 Mbit/s. */
const DEADLINE_MS = 120_000;

/**
 * Reads a body that occupies one of the few places of large calls, which a slow client mustn't keep.
 * @throws AppError `too_large`, `RequestTimeoutException`, which clients answer by another try
 */
export async function readLargeBody(
  req: IncomingMessage,
  { maxBytes, deadlineMs = DEADLINE_MS }: { maxBytes: number; deadlineMs?: number },
): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `The request body took longer than ${deadlineMs / 1000} seconds. Send smaller parts.`;
    timer = setTimeout(() => reject(awsError('RequestTimeoutException', message)), deadlineMs);
  });
  return Promise.race([readBody(req, maxBytes), late]).finally(() => clearTimeout(timer));
}
