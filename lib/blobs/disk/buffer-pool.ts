/** The fastest size in benchmarks. */
export const BUFFER_BYTES = 512 * 1024;
const MAX_IDLE_BUFFERS = 32;

/** Pools read buffers. Allocating each one costs a third of the throughput. */
export class BufferPool {
  readonly #idle: Buffer[] = [];

  take(neededBytes: number): Buffer {
    if (neededBytes < BUFFER_BYTES / 8) return Buffer.allocUnsafe(neededBytes);
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** Call this only when no read or write still uses the buffer. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === BUFFER_BYTES && this.#idle.length < MAX_IDLE_BUFFERS) this.#idle.push(buffer);
  }
}
