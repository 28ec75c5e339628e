// Who sees what of the catalog. Pure: every page, search document and answer of the API asks here. The alias was checked and is unique; names and logos are whatever somebody typed and uploaded.
import { canAdminister, canManageRegistry } from '#lib/identity/policy.ts';
import type { Principal, RegistryRole } from '#lib/access/schema.ts';
import type { Config } from '#lib/platform/config.ts';
import type { Visibility } from './schema.ts';
import { toVerification, VERIFICATION_COLUMNS, type VerificationRow } from './verification.ts';

export type BrandingRule = Config['publisherBranding'];

export type ShownBranding = {
  displayName: string;
  /** Its address: components/links.ts. */
  logoId: string | null;
};

type Registry = ShownBranding & NamedRow;
type Repository = { logoId: string | null; quarantinedAt: Date | null };

/** Of a registry: what decides about its name and logos. */
export const BRANDING_COLUMNS = {
  ...VERIFICATION_COLUMNS,
  ...{ displayName: true, logoId: true, approvedName: true },
} as const;

type NamedRow = VerificationRow & { displayName: string; approvedName: string | null };

/** A domain vouches for the domain. Name and logo are also looked at: by the checks of an alias, or by a reviewer. */
export function isBrandingShown(rule: BrandingRule, registry: NamedRow): boolean {
  return isNameApproved(registry) && (rule === 'everyone' || toVerification(registry) !== null);
}

export function isNameApproved({ displayName, approvedName }: Pick<NamedRow, 'displayName' | 'approvedName'>): boolean {
  return displayName === '' || displayName === approvedName;
}

/** Empty where only the alias is to be shown. */
export function shownBranding(rule: BrandingRule, registry: Registry): ShownBranding {
  if (!isBrandingShown(rule, registry)) return { displayName: '', logoId: null };
  return { displayName: registry.displayName, logoId: registry.logoId };
}

/** A repository without a logo of its own has its registry's. What is in quarantine shows none: it may be the reason. */
export function shownLogo(rule: BrandingRule, registry: Registry, repository: Repository): string | null {
  if (repository.quarantinedAt !== null || !isBrandingShown(rule, registry)) return null;
  return repository.logoId ?? registry.logoId;
}

export type RepositorySight = {
  actor: Principal;
  /** The actor's role in the registry that owns the repository. */
  role: RegistryRole | null;
  visibility: Visibility;
  isQuarantined: boolean;
  hasImage: boolean;
};

/**
 * May they know that it exists? Anyone, of what they could pull; members, of all that is theirs; admins, of what is in
 * quarantine. A token that is scoped to repository actions alone sees what anyone sees.
 */
export function canSeeRepository({ actor, role, visibility, isQuarantined, hasImage }: RepositorySight): boolean {
  const isOpen = visibility === 'public' && hasImage;
  if (isOpen && !isQuarantined) return true;
  if (actor.kind === 'anonymous' || actor.apiAccess === 'none') return false;
  return role !== null || (isOpen && canAdminister(actor));
}

/** `role`: of the actor in the registry that it was deleted from. What an admin took down comes back by an admin only. */
export function canRestore({
  actor,
  role,
  isByAdmin,
}: Pick<RepositorySight, 'actor' | 'role'> & { isByAdmin: boolean }): boolean {
  return canAdminister(actor) || (!isByAdmin && canManageRegistry({ actor, role }));
}
