// A sealing key is stored encrypted by a key service.
import { randomBytes, randomUUID } from 'node:crypto';
import type { SealingKeyRow } from './sealing-keys.sql.ts';
import type { KeyService, WrappedSecret } from './services/key-service.ts';

const KEY_BYTES = 32;

/** Creates a key for new blobs of a scope. @throws AppError as KeyService.wrap */
export async function createSealingKey(service: KeyService, scope: string): Promise<SealingKeyRow> {
  const id = randomUUID();
  return { id, scope, ...(await service.wrap(randomBytes(KEY_BYTES), contextOf({ id }))) };
}

/** @throws AppError as KeyService.unwrap */
export function unwrapSealingKey(
  services: { unwrap: (wrapped: WrappedSecret, context: string) => Promise<Buffer> },
  row: SealingKeyRow,
): Promise<Buffer> {
  return services.unwrap(row, contextOf(row));
}

/** Names the row that a wrapped key belongs to. */
export function contextOf({ id }: { id: string }): string {
  return `sealing key ${id}`;
}
