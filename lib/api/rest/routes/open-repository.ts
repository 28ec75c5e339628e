// What routes about one repository share.
import { z } from 'zod';
import type { Caller } from '#lib/access/schema.ts';
import { parseDigest, type Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { findVisibleRepository, type VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import type { RestApp } from '../define-route.ts';

export const repositoryParams = z.object({
  repository: z.string().max(300).describe('ALIAS/NAME with each slash encoded as %2F'),
});
export const manifestParams = repositoryParams.extend({
  digest: z.string().max(200).describe('sha256:… or sha512:…'),
});

/** @throws AppError `repository_not_found`, also when the caller may not know of it */
export async function openRepository(app: RestApp, caller: Caller, fullName: string): Promise<VisibleRepository> {
  const found = await findVisibleRepository(app, { caller, fullName });
  if (!found) throw new AppError('repository_not_found', `Repository ${JSON.stringify(fullName)} doesn't exist.`);
  return found;
}

/** @throws AppError `digest_invalid` */
export function parseDigestParam(text: string): Digest {
  const digest = parseDigest(text);
  if (digest) return digest;
  throw new AppError('digest_invalid', 'Enter a digest: sha256: or sha512: followed by hexadecimal digits.');
}

/** Returns the key by which expensive reads are shared fairly: the user or client network. */
export function viewerOf({ principal }: Caller, address: string | null): string {
  return principal.kind === 'user' ? principal.userId : networkOf(address ?? '');
}
