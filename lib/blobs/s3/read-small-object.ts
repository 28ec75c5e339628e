import type { Bucket } from './bucket.ts';
import { storageBusy } from './s3-errors.ts';

/** Reads an object of a few bytes. Resolves to null when it doesn't exist. */
export async function readSmallObject(bucket: Bucket, key: string): Promise<Buffer | null> {
  const body = await bucket.read(key);
  if (!body) return null;
  try {
    return Buffer.concat((await body.toArray()) as Buffer[]);
  } catch (error) {
    throw storageBusy(error);
  }
}
