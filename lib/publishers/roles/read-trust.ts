import { parsePolicy } from '#lib/access/policy-document.ts';
import type { TrustedRole } from '#lib/access/trust/decide-trust.ts';
import type { RoleRow } from './role-store.ts';

/** Null for a policy that can't be read, which trusts nobody. Policies are checked before they are saved. */
export function readTrust({ registryId, name, trustPolicy }: RoleRow): TrustedRole | null {
  try {
    return { registryId, name, trustPolicy: parsePolicy(JSON.parse(trustPolicy), 'resource') };
  } catch {
    return null;
  }
}
