// Decides which names and logos are shown, for pages, search documents and the API. Pure.
// Unlike aliases, which are unique and checked, names and logos are arbitrary user input.
import type { PublisherConfig } from './publisher-config.ts';
import {
  toVerification,
  VERIFICATION_COLUMNS,
  type VerificationRow,
} from '#lib/publishers/verification/verification.ts';

export type BrandingRule = PublisherConfig['publisherBranding'];

export type ShownBranding = {
  displayName: string;
  /** components/links.ts builds its URL. */
  logoId: string | null;
};

type Registry = ShownBranding & NamedRow;
type Repository = { logoId: string | null; quarantinedAt: Date | null };

/** The columns of a registry that branding depends on. */
export const BRANDING_COLUMNS = {
  ...VERIFICATION_COLUMNS,
  displayName: true,
  logoId: true,
  approvedName: true,
} as const;

type NamedRow = VerificationRow & { displayName: string; approvedName: string | null };

/** Verification alone isn't enough, because a domain proof says nothing about the name. It must also have passed the checks or a review. */
export function isBrandingShown(rule: BrandingRule, registry: NamedRow): boolean {
  return isNameApproved(registry) && (rule === 'everyone' || toVerification(registry) !== null);
}

export function isNameApproved({ displayName, approvedName }: Pick<NamedRow, 'displayName' | 'approvedName'>): boolean {
  return displayName === '' || displayName === approvedName;
}

/** Returns an empty name if only the alias may be shown. */
export function shownBranding(rule: BrandingRule, registry: Registry): ShownBranding {
  if (!isBrandingShown(rule, registry)) return { displayName: '', logoId: null };
  return { displayName: registry.displayName, logoId: registry.logoId };
}

/** Falls back to the registry's logo. A quarantined repository shows none, because the logo may be the reason. */
export function shownLogo(rule: BrandingRule, registry: Registry, repository: Repository): string | null {
  if (repository.quarantinedAt !== null || !isBrandingShown(rule, registry)) return null;
  return repository.logoId ?? registry.logoId;
}
