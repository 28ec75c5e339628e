import type { KeyScope } from '#lib/platform/key-scope.ts';
import type { KeyObject } from 'node:crypto';
import type { SealingKey } from './seal-format.ts';

/** Where sealed storage has its keys from. */
export type FoundKey = { key: KeyObject; scope: string };

export interface SealingKeys {
  /** The key for new blobs of a scope. @throws AppError `unavailable` */
  newest(scope: KeyScope): Promise<SealingKey>;
  /** Resolves to null for an unknown id. @throws AppError `unavailable`; `key_refused` when the key of a repository was revoked */
  find(id: string): Promise<FoundKey | null>;
  /** Whether a key that was found may be used without asking again. */
  isFresh(id: string): boolean;
}
