import type { Announcement } from '#lib/site/schema.ts';

/** What the frame of every page shows about the site. Empty texts are unset. */
export type SiteFace = {
  name: string;
  /** False if the name is the product's own. */
  isNamed: boolean;
  logoId: string | null;
  banner: Announcement | null;
  /** For those who may write, while the site is read-only. */
  maintenance: Announcement | null;
  /** An email address or a URL. */
  contact: string;
  termsUrl: string;
  privacyUrl: string;
  isSignUpOpen: boolean;
};
