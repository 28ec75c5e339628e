export const BUFFER_BYTES = 512 * 1024;
const MAX_IDLE_BUFFERS = 32;

/** Buffers to read files with: 512 KiB was the fastest measured, and making one anew each time costs a third of that. */
export class BufferPool {
  readonly #idle: Buffer[] = [];

  take(neededBytes: number): Buffer {
    if (neededBytes < BUFFER_BYTES / 8) return Buffer.allocUnsafe(neededBytes);
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** Only once nobody reads or writes the buffer any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === BUFFER_BYTES && this.#idle.length < MAX_IDLE_BUFFERS) this.#idle.push(buffer);
  }
}
