import type { KeyObject } from 'node:crypto';
import type { KeyScope } from '#lib/blobs/blob-store.ts';
import type { SealingKey } from './seal-format.ts';

/** Where sealed storage has its keys from. */
export interface SealingKeys {
  /** The key for new blobs of a scope. @throws AppError `unavailable` */
  newest(scope: KeyScope): Promise<SealingKey>;
  /** Resolves to null for an unknown id. @throws AppError `unavailable` */
  find(id: string): Promise<KeyObject | null>;
}
