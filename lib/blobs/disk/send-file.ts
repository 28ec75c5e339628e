import { read } from 'node:fs';
import type { Writable } from 'node:stream';
import { AppError } from '#lib/platform/errors.ts';
import { BUFFER_BYTES, type BufferPool } from './buffer-pool.ts';

const BUFFERS_IN_FLIGHT = 2;

export type FilePart = { fd: number; startBytes: number; lengthBytes: number };

/**
 * Writes part of a file to `destination`, reading ahead while the last buffer is being sent. Callbacks are several
 * times faster here than streams or promises. Settles only when no read is in flight, so that the caller can close the
 * file.
 */
export function sendFile(part: FilePart, destination: Writable, buffers: BufferPool): Promise<void> {
  return new Promise((resolve, reject) => {
    let position = part.startBytes;
    let unreadBytes = part.lengthBytes;
    let inFlight = 0;
    let isReading = false;
    let failure: Error | null = null;

    const settle = () => {
      if (isReading || (!failure && (unreadBytes > 0 || inFlight > 0))) return;
      destination.off('close', onClose);
      if (failure) reject(failure);
      else resolve();
    };
    const fail = (error: Error) => {
      failure ??= error;
      settle();
    };
    const onClose = () => fail(new AppError('unavailable', 'The reader went away.'));

    const send = (buffer: Buffer, lengthBytes: number) => {
      position += lengthBytes;
      unreadBytes -= lengthBytes;
      destination.write(buffer.subarray(0, lengthBytes), (error) => {
        inFlight -= 1;
        if (error) return fail(error);
        buffers.giveBack(buffer);
        readOn();
      });
    };

    const readOn = () => {
      if (failure || unreadBytes === 0) return settle();
      if (isReading || inFlight === BUFFERS_IN_FLIGHT) return;
      // Aligns reads to the buffer size, which is also the part size of the memory cache in front.
      const wantedBytes = Math.min(BUFFER_BYTES - (position % BUFFER_BYTES), unreadBytes);
      const buffer = buffers.take(wantedBytes);
      inFlight += 1;
      isReading = true;
      read(part.fd, buffer, 0, wantedBytes, position, (error, lengthBytes) => {
        isReading = false;
        if (error) return fail(error);
        if (failure) return settle();
        if (lengthBytes === 0) return fail(new AppError('unavailable', 'The stored blob is truncated.'));
        send(buffer, lengthBytes);
        readOn();
      });
    };

    destination.on('close', onClose);
    if (destination.destroyed) onClose();
    else readOn();
  });
}
