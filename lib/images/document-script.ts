// The entry point of a worker thread for read-document.ts.
import { READERS } from './document-readers.ts';
import type { DocumentWork } from './read-document.ts';

export function run(input: unknown): unknown {
  const { kind, bytes, type } = input as DocumentWork;
  return READERS[kind](bytes, type);
}
