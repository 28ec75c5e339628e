// Which names and logos are shown. Pure: every page, search document and answer of the API asks here. The alias was checked and is
// unique; names and logos are whatever somebody typed and uploaded.
import type { Config } from '#lib/platform/config/config.ts';
import {
  toVerification,
  VERIFICATION_COLUMNS,
  type VerificationRow,
} from '#lib/publishers/verification/verification.ts';

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
  displayName: true,
  logoId: true,
  approvedName: true,
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
