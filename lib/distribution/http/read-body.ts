import type { IncomingMessage } from 'node:http';
import { AppError } from '#lib/platform/errors.ts';

const MAX_DRAINED_BYTES = 16 * 1024 * 1024;
const DRAIN_TIMEOUT_MS = 5_000;

/**
 * Reads the whole body.
 * @throws AppError `too_large`, before more than `maxBytes` are buffered
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new AppError('too_large', `The body is larger than the limit of ${maxBytes} bytes.`);
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // No `for await`, because leaving it early destroys the connection that the response needs.
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxBytes) return void chunks.push(chunk);
      req.off('data', onData).pause();
      reject(tooLarge());
    };
    const onBroken = () => reject(new AppError('upload_invalid', 'The body is incomplete.'));
    const onEnd = () => {
      req.off('close', onBroken);
      resolve();
    };
    req.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
    if (req.readableEnded) resolve();
    else if (req.destroyed) onBroken();
  });
  return Buffer.concat(chunks, sizeBytes);
}

/**
 * Reads the rest of the body, within limits. Many clients read the response only after they have sent everything.
 * False: more is coming, so close the connection.
 */
export async function drainBody(req: IncomingMessage): Promise<boolean> {
  if (req.readableEnded || req.destroyed) return req.complete;
  if (Number(req.headers['content-length'] ?? 0) > MAX_DRAINED_BYTES) return false;
  await discard(req);
  return req.complete;
}

function discard(req: IncomingMessage) {
  return new Promise<void>((resolve) => {
    let leftBytes = MAX_DRAINED_BYTES;
    const settle = () => {
      clearTimeout(timer);
      req.off('data', onData);
      resolve();
    };
    const onData = (chunk: Buffer) => {
      leftBytes -= chunk.length;
      if (leftBytes < 0) settle();
    };
    const timer = setTimeout(settle, DRAIN_TIMEOUT_MS);
    req.on('data', onData).on('end', settle).on('close', settle).on('error', settle).resume();
  });
}
