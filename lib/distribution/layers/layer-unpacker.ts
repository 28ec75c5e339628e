// Detects compression from the first bytes of a layer, because its media type may be wrong.
import { Writable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { errorCode } from '#lib/platform/errors.ts';
import { GzipMembers } from './gzip-members.ts';
import { isZstd, ZstdFrames } from './zstd-frames.ts';

/** `limit`: needs more memory than allowed. */
export type UnpackProblem = 'damaged' | 'limit' | 'unsupported';

type Events = {
  /** The buffer is reused after the call. */
  onData: (chunk: Buffer) => void;
  /** `isWhole`: no unread data followed. */
  onEnd: (isWhole: boolean) => void;
  onProblem: (problem: UnpackProblem) => void;
};

const GZIP = Buffer.from([0x1f, 0x8b]);
/** Formats that some runtimes support: bzip2 and xz. */
const UNSUPPORTED = [Buffer.from('BZh'), Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])];
const START_BYTES = 6;

const PROBLEMS: Record<string, UnpackProblem> = {
  ZSTD_error_frameParameter_windowTooLarge: 'limit',
  ZSTD_error_memory_allocation: 'limit',
  ZSTD_error_dictionary_wrong: 'unsupported',
};

type Decoder = { write: (chunk: Buffer) => Promise<void>; end: () => void; destroy: () => void };

/** Decompresses a layer. Each write completes once its chunk has been consumed. */
export class LayerUnpacker extends Writable {
  readonly #events: Events;
  #start = Buffer.alloc(0);
  #decoder: Decoder | null = null;

  constructor(events: Events) {
    // Otherwise the stream would be destroyed after the last write, before the last output.
    super({ autoDestroy: false });
    this.#events = events;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    let bytes = chunk;
    if (!this.#decoder) {
      // Copied, because the store reuses its buffer.
      bytes = this.#start = Buffer.concat([this.#start, chunk]);
      if (bytes.length < START_BYTES) return done();
      this.#decoder = this.#choose(bytes);
    }
    void this.#decoder.write(bytes).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    const decoder = (this.#decoder ??= this.#choose(this.#start));
    const written = this.#start.length < START_BYTES ? decoder.write(this.#start) : Promise.resolve();
    void written.then(() => decoder.end()).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#decoder?.destroy();
    done(error);
  }

  #choose(start: Buffer): Decoder {
    if (start.subarray(0, GZIP.length).equals(GZIP)) return this.#unpackMembers();
    if (isZstd(start)) return this.#unpackFrames();
    if (UNSUPPORTED.some((magic) => start.subarray(0, magic.length).equals(magic))) {
      this.#events.onProblem('unsupported');
      return IGNORING;
    }
    const { onData, onEnd } = this.#events;
    const write = (chunk: Buffer) => Promise.resolve(onData(chunk));
    return { ...IGNORING, write, end: () => onEnd(true) };
  }

  #unpackMembers(): Decoder {
    const { onData, onEnd, onProblem } = this.#events;
    const members = new GzipMembers({ onData, onDamage: () => onProblem('damaged') });
    return {
      write: async (chunk) => {
        await members.write(chunk);
        if (members.hasEnded) onEnd(false);
      },
      end: () => (members.isBetweenMembers ? onEnd(true) : onProblem('damaged')),
      destroy: () => members.destroy(),
    };
  }

  #unpackFrames(): Decoder {
    const { onData, onEnd, onProblem } = this.#events;
    const frames = new ZstdFrames();
    const stream = createZstdDecompress();
    stream.on('data', onData);
    stream.on('end', () => onEnd(true));
    stream.on('error', (error) => onProblem(PROBLEMS[errorCode(error) ?? ''] ?? 'damaged'));
    const write = (part: Buffer) =>
      new Promise<void>((resolve, reject) => stream.write(part, (error) => (error ? reject(error) : resolve())));
    return {
      write: async (chunk) => {
        for (const part of frames.split(chunk)) await write(part);
        if (frames.hasEnded) onEnd(false);
      },
      end: () => (frames.isBetweenFrames ? void stream.end() : onProblem('damaged')),
      destroy: () => void stream.destroy(),
    };
  }
}

const IGNORING: Decoder = { write: () => Promise.resolve(), end: () => undefined, destroy: () => undefined };
