import { Writable } from 'node:stream';
import type { BlobBytes } from '#lib/blobs/blob-store.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import { PART_BYTES, type HotBlob } from './hot-parts.ts';

const PARTS_IN_FLIGHT = 4;

/**
 * Copies a range as BlobBytes.copyTo does. Serves cached parts from memory and the others from `blob`, caching those
 * read before.
 */
export async function copyHot(
  blob: BlobBytes,
  hot: HotBlob,
  destination: Writable,
  { start, end }: ByteRange,
): Promise<void> {
  const endBytes = end + 1;
  let position = await sendCached(hot, destination, { position: start, endBytes });
  while (position < endBytes) {
    const { runEnd, isWanted } = findUncached(hot, position, endBytes);
    const range = { start: position, end: runEnd - 1 };
    if (isWanted) await copyAndKeep(blob, hot, destination, range);
    else await blob.copyTo(destination, range);
    position = await sendCached(hot, destination, { position: runEnd, endBytes });
  }
}

/** Sends cached parts up to the first miss. Resolves to its position. */
function sendCached(
  hot: HotBlob,
  destination: Writable,
  { position: start, endBytes }: { position: number; endBytes: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    let position = start;
    let inFlight = 0;
    let hasFailed = false;
    const leave = () => destination.off('close', onClose);
    const fail = (error: Error) => {
      hasFailed = true;
      leave();
      reject(error);
    };
    const onClose = () => fail(new AppError('unavailable', 'The reader went away.'));
    const sendOn = () => {
      while (position < endBytes && inFlight < PARTS_IN_FLIGHT) {
        const bytes = findBytes(hot, position, endBytes);
        if (!bytes) break;
        position += bytes.length;
        inFlight += 1;
        destination.write(bytes, onWritten);
      }
      if (inFlight > 0) return;
      leave();
      resolve(position);
    };
    const onWritten = (error?: Error | null) => {
      inFlight -= 1;
      if (error) fail(error);
      else if (!hasFailed) sendOn();
    };
    destination.on('close', onClose);
    if (destination.destroyed) onClose();
    else sendOn();
  });
}

/** Returns the cached part from `position` up to `endBytes`, or null unless all of it is cached. */
function findBytes(hot: HotBlob, position: number, endBytes: number): Buffer | null {
  const offset = position % PART_BYTES;
  const neededBytes = Math.min(PART_BYTES, offset + endBytes - position);
  return hot.find(toPart(position), neededBytes)?.subarray(offset, neededBytes) ?? null;
}

/** Finds the run of uncached parts from `position` that all have the same `isWanted`. */
function findUncached(hot: HotBlob, position: number, endBytes: number): { runEnd: number; isWanted: boolean } {
  // Only parts read from their first byte can be cached.
  const isWantedAt = (at: number) => at % PART_BYTES === 0 && hot.isWanted(toPart(at));
  const isWanted = isWantedAt(position);
  if (position % PART_BYTES === 0) hot.note(toPart(position));
  let runEnd = nextPart(position);
  while (runEnd < endBytes && !findBytes(hot, runEnd, endBytes) && isWantedAt(runEnd) === isWanted) {
    hot.note(toPart(runEnd));
    runEnd = nextPart(runEnd);
  }
  return { runEnd: Math.min(runEnd, endBytes), isWanted };
}

/** Copies and caches a range, which must start at a part boundary. */
async function copyAndKeep(blob: BlobBytes, hot: HotBlob, destination: Writable, range: ByteRange): Promise<void> {
  let part = toPart(range.start);
  let leftBytes = range.end + 1 - range.start;
  let bytes = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, leftBytes));
  let filledBytes = 0;
  const keep = (chunk: Buffer) => {
    for (let taken = 0; taken < chunk.length;) {
      const copiedBytes = chunk.copy(bytes, filledBytes, taken);
      taken += copiedBytes;
      filledBytes += copiedBytes;
      leftBytes -= copiedBytes;
      if (filledBytes < bytes.length) continue;
      hot.keep(part, bytes);
      part += 1;
      filledBytes = 0;
      bytes = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, leftBytes));
    }
  };
  const keeper = new Writable({
    // Each chunk waits for the destination. The store chooses the chunk size.
    highWaterMark: PART_BYTES,
    write(chunk: Buffer, _encoding, done) {
      keep(chunk);
      destination.write(chunk, done);
    },
  });
  // The rejection of `copyTo` reports the error.
  keeper.on('error', () => undefined);
  const onClose = () => keeper.destroy();
  destination.on('close', onClose);
  if (destination.destroyed) onClose();
  try {
    await blob.copyTo(keeper, range);
  } finally {
    destination.off('close', onClose);
  }
}

function toPart(position: number): number {
  return Math.floor(position / PART_BYTES);
}

function nextPart(position: number): number {
  return (toPart(position) + 1) * PART_BYTES;
}
