import { read } from 'node:fs';
import type { Writable } from 'node:stream';
import { AppError } from '#lib/platform/errors.ts';
import { BUFFER_BYTES, type BufferPool } from './buffer-pool.ts';
import type { HotFile } from '#lib/blobs/hot/hot-parts.ts';

const READS_IN_FLIGHT = 2;
/** Of what is in memory anyway more may wait to be taken. */
const PARTS_IN_FLIGHT = 4;

/** `hot`: what is in memory of the file; null: all of it is read. */
export type FilePart = { fd: number; startBytes: number; lengthBytes: number; hot: HotFile | null };

/**
 * Writes a part of a file to `destination`, reading the next buffer while the last one is being sent. Callbacks, not
 * streams or promises: several times faster. It settles only when no read is under way, so that the file may be closed.
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
    const onClose = () => fail(wentAway());

    const send = (bytes: Buffer, onSent?: () => void) => {
      position += bytes.length;
      unreadBytes -= bytes.length;
      destination.write(bytes, (error) => {
        inFlight -= 1;
        if (error) return fail(error);
        onSent?.();
        readOn();
      });
    };

    const readOn = () => {
      if (failure || unreadBytes === 0) return settle();
      if (isReading || inFlight === PARTS_IN_FLIGHT) return;
      const offset = position % BUFFER_BYTES;
      const wantedBytes = Math.min(BUFFER_BYTES - offset, unreadBytes);
      const known = part.hot?.find(numberOf(position), offset + wantedBytes);
      if (!known && inFlight >= READS_IN_FLIGHT) return;
      inFlight += 1;
      if (known) {
        send(known.subarray(offset, offset + wantedBytes));
        return readOn();
      }
      const isKept = offset === 0 && part.hot?.isWanted(numberOf(position));
      const buffer = isKept ? Buffer.allocUnsafeSlow(wantedBytes) : buffers.take(wantedBytes);
      isReading = true;
      read(part.fd, buffer, 0, wantedBytes, position, (error, length) => {
        isReading = false;
        if (error) return fail(error);
        if (failure) return settle();
        if (length === 0) return fail(new AppError('unavailable', 'A stored blob is shorter than it was.'));
        if (isKept && length === wantedBytes) part.hot?.keep(numberOf(position), buffer);
        send(buffer.subarray(0, length), isKept ? undefined : () => buffers.giveBack(buffer));
        readOn();
      });
    };

    destination.on('close', onClose);
    if (destination.destroyed) onClose();
    else readOn();
  });
}

function numberOf(position: number): number {
  return Math.floor(position / BUFFER_BYTES);
}

function wentAway(): AppError {
  return new AppError('unavailable', 'The reader went away.');
}
