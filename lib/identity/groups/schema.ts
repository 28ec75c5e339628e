// Groups of the site's identity provider. Browser-safe.
import type { RegistryRole } from '#lib/access/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

/** Per team, counting people and robots. */
export const MAX_TEAM_MEMBERS = 1_000;
/** What a mapped team makes of users who weren't members of its registry, highest first. */
export const JOIN_ROLES = ['reader', 'none'] as const satisfies readonly RegistryRole[];
export type JoinRole = (typeof JOIN_ROLES)[number];

/** In a token. */
export const MAX_TOKEN_GROUPS = 200;
export const MAX_GROUP_LENGTH = 255;

/** As the identity provider writes it, such as `/engineering/platform`. */
export const groupSchema = oneLine(MAX_GROUP_LENGTH).min(1, 'Enter a group.');
