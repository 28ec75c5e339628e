import { splitFullName } from '#lib/oci/name.ts';

/** Splits `ALIAS/NAME`. Empty parts if there is no repository. */
export function nameParts(fullName: string | null): { alias: string; name: string } {
  return splitFullName(fullName ?? '') ?? { alias: '', name: fullName ?? '' };
}
