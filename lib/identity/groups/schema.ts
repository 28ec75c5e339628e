// Groups of the site's identity provider. Browser-safe.
import { oneLine } from '#lib/platform/one-line.ts';

/** Per team, counting people and robots. */
export const MAX_TEAM_MEMBERS = 1_000;
/** In a token. */
export const MAX_TOKEN_GROUPS = 200;
export const MAX_GROUP_LENGTH = 255;

/** As the identity provider writes it, such as `/engineering/platform`. */
export const groupSchema = oneLine(MAX_GROUP_LENGTH).min(1, 'Enter a group.');
