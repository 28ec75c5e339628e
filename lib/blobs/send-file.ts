import { read } from 'node:fs';
import type { Writable } from 'node:stream';
import { AppError } from '#lib/platform/errors.ts';
import type { BufferPool } from './buffer-pool.ts';

const BUFFERS_IN_FLIGHT = 2;

export type FilePart = { fd: number; startBytes: number; lengthBytes: number };

/**
 * Writes a part of a file to `destination`, reading the next buffer while the last one is being sent. Callbacks, not
 * streams or promises: several times faster. It settles only when no read is under way, so that the file may be closed.
 */
export function sendFile(part: FilePart, destination: Writable, buffers: BufferPool): Promise<void> {
  return new Promise((resolve, reject) => {
    let position = part.startBytes;
    let unreadBytes = part.lengthBytes;
    let buffersInFlight = 0;
    let isReading = false;
    let failure: Error | null = null;

    const settle = () => {
      if (isReading || (!failure && (unreadBytes > 0 || buffersInFlight > 0))) return;
      destination.off('close', onClose);
      if (failure) reject(failure);
      else resolve();
    };
    const fail = (error: Error) => {
      failure ??= error;
      settle();
    };
    const onClose = () => fail(wentAway());

    const send = (buffer: Buffer, length: number) => {
      destination.write(buffer.length === length ? buffer : buffer.subarray(0, length), (error) => {
        buffersInFlight -= 1;
        if (error) return fail(error);
        buffers.giveBack(buffer);
        readOn();
      });
    };

    const readOn = () => {
      if (failure || unreadBytes === 0) return settle();
      if (isReading || buffersInFlight === BUFFERS_IN_FLIGHT) return;
      const buffer = buffers.take(unreadBytes);
      buffersInFlight += 1;
      isReading = true;
      read(part.fd, buffer, 0, Math.min(buffer.length, unreadBytes), position, (error, length) => {
        isReading = false;
        if (error) return fail(error);
        if (failure) return settle();
        if (length === 0) return fail(becameShorter());
        position += length;
        unreadBytes -= length;
        send(buffer, length);
        readOn();
      });
    };

    destination.on('close', onClose);
    if (destination.destroyed) onClose();
    else readOn();
  });
}

/** The same of bytes that are at hand. */
export function sendBytes(bytes: Buffer, destination: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(wentAway());
    if (destination.destroyed) return onClose();
    destination.once('close', onClose);
    destination.write(bytes, (error) => {
      destination.off('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

export function becameShorter(): AppError {
  return new AppError('unavailable', 'A stored blob is shorter than it was.');
}

function wentAway(): AppError {
  return new AppError('unavailable', 'The reader went away.');
}
