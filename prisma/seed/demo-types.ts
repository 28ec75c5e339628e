// What the demo gallery consists of.
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import type { RegistryProfileChanges } from '#lib/publishers/update-registry-profile.ts';
import type { Category } from '#lib/repositories/categories.ts';
import type { ImageBuilder } from './images/image-builder.ts';

export type DemoPush = { manifest: BuiltManifest; tags: string[] };

export type DemoRelease = {
  tags: string[];
  /** When it was published, in the demo's calendar (demo-calendar.ts). */
  published: string;
  build: (images: ImageBuilder) => Promise<BuiltManifest>;
  /** What hangs on the manifest: signatures, bills of materials. */
  attached?: (subject: BuiltManifest) => DemoPush[];
};

export type DemoTrend = 'steady' | 'rising' | 'fading' | 'surging';

export type DemoRepository = {
  name: string;
  description: string;
  categories: Category[];
  /** Markdown, like the usage. `gallery.example` stands for the gallery's host. */
  about: string;
  usage: string;
  releases: DemoRelease[];
  /** On a working day. */
  pullsPerDay: number;
  trend: DemoTrend;
  isPrivate?: boolean;
  /** What it mirrors: `HOST/NAME`. */
  mirrorOf?: { host: string; name: string };
  quarantineReason?: string;
  deprecation?: { text: string; successor: string };
  logo?: string;
};

export type DemoPublisher = {
  alias: string;
  displayName: string;
  /** Why it is verified; null if it isn't. */
  verifiedBecause: string | null;
  /** SVG. */
  logo: string;
  profile: Omit<RegistryProfileChanges, 'displayName'>;
  joined: string;
  repositories: DemoRepository[];
};
