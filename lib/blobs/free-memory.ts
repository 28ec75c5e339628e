/**
 * Frees the memory of a chunk that nobody reads any more, if it shares it with no other. Otherwise pushes trigger several full garbage
 * collections a second, at a sixth of their CPU time.
 */
export function freeMemory(chunk: Buffer): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength) buffer.transfer(0);
}
