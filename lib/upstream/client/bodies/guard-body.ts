import { Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { toUpstreamError, unavailableUpstream } from '#lib/upstream/client/upstream-errors.ts';

type Options = { host: string; idleMs: number; signal?: AbortSignal | undefined };

/**
 * Wraps a response body. It fails with an AppError when the body is truncated, which Node reports, and when no byte
 * arrives within `idleMs` while somebody is reading, which Node does not. Destroying it closes the connection.
 */
export function guardBody(source: IncomingMessage, { host, idleMs, signal }: Options): Readable {
  let timer: NodeJS.Timeout | undefined;
  const body = new Readable({
    read() {
      timer ??= setTimeout(() => body.destroy(unavailableUpstream(host, 'stopped sending')), idleMs);
      source.resume();
    },
    destroy(error, done) {
      stopTimer();
      signal?.removeEventListener('abort', abort);
      // The body is complete, so the connection can be reused.
      if (source.complete) source.removeAllListeners('data').resume();
      else source.destroy();
      done(error);
    },
  });
  const stopTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const breakOff = (error?: unknown): void => {
    stopTimer();
    if (!body.readableEnded) body.destroy(toUpstreamError(host, error ?? new Error('the body was truncated')));
  };
  const abort = (): void => {
    body.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  source.on('data', (chunk: Buffer) => {
    if (body.push(chunk)) {
      timer?.refresh();
      return;
    }
    // A slow reader doesn't count against the upstream.
    stopTimer();
    source.pause();
  });
  source.once('end', () => {
    stopTimer();
    if (source.complete) body.push(null);
    else breakOff();
  });
  source.once('error', breakOff);
  source.once('close', () => {
    if (!source.complete) breakOff(source.errored);
  });
  source.pause();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  else if (source.destroyed && !source.complete) breakOff(source.errored);
  return body;
}
