// What a registry says of itself is shown to the public, or not. Pure: every page, search document and answer of the API asks
// here. The alias was checked and is unique; a display name is whatever somebody typed.
import type { Config } from '#lib/platform/config.ts';

export type BrandingRule = Config['publisherBranding'];

export type ShownBranding = { displayName: string };

export function isBrandingShown(rule: BrandingRule, registry: { verifiedAt: Date | null }): boolean {
  return rule === 'everyone' || registry.verifiedAt !== null;
}

/** Empty where only the alias is to be shown. */
export function shownBranding(
  rule: BrandingRule,
  registry: { displayName: string; verifiedAt: Date | null },
): ShownBranding {
  return { displayName: isBrandingShown(rule, registry) ? registry.displayName : '' };
}
