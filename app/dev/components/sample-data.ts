// Sample data: ordinary, empty and overlong.
import type { PublisherPage, PublisherRow, RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import type { PullDay } from '#lib/gallery/insight-queries.ts';

export const LONG_WORD = 'kubernetes-sigs-cluster-api-provider-infrastructure-controller-manager'.repeat(3);
export const LONG_TEXT = `${'A sentence that goes on and on because somebody pasted the whole README here. '.repeat(6)}${LONG_WORD}`;
export const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const VERIFICATION = { by: 'domain', note: 'example.org', at: new Date('2026-10-01T09:00:00Z') } as const;

export const HIT = {
  alias: 'lanternworks',
  name: 'web',
  displayName: 'Lantern Works',
  logoId: null,
  kind: 'image' as const,
  description: 'A small web server for static files.',
  operatingSystems: ['linux'],
  architectures: ['amd64', 'arm64'],
  platforms: ['linux/amd64', 'linux/arm64'],
  verified: true,
  signed: true,
  deprecated: false,
  pullCount: 1_234_567,
  starCount: 12,
  pushedAt: new Date('2026-11-20T09:00:00Z'),
};

export const BARE_HIT = {
  ...HIT,
  displayName: '',
  description: '',
  operatingSystems: [],
  architectures: [],
  platforms: [],
  verified: false,
  signed: false,
  deprecated: true,
  kind: 'artifact' as const,
  pullCount: 0,
  starCount: 12,
};

export const LONG_HIT = {
  ...HIT,
  name: LONG_WORD,
  displayName: LONG_TEXT.slice(0, 100),
  description: LONG_TEXT,
  platforms: ['386', 'amd64', 'arm', 'arm64', 'mips64le', 'ppc64le', 'riscv64', 's390x'].map((name) => `linux/${name}`),
};

export const REPOSITORY: RepositoryPage = {
  registryKey: 1n,
  imageAboutText: '',
  id: 1n,
  name: 'web',
  primaryAlias: 'lanternworks',
  publisherName: 'Lantern Works',
  logoId: null,
  verification: VERIFICATION,
  isDemo: false,
  visibility: 'public',
  quarantineReason: null,
  deprecation: null,
  kind: 'image',
  tagMutability: 'mutable',
  tagExclusions: [],
  description: HIT.description,
  aboutText: '',
  usageText: '',
  sourceUrl: null,
  operatingSystems: ['linux'],
  architectures: ['amd64'],
  categories: ['web-servers'],
  featuredTag: null,
  pullCount: 1_234_567,
  starCount: 12,
  tagCount: 12,
  hasImage: true,
  createdAt: new Date('2026-01-01T09:00:00Z'),
  lastPushedAt: new Date('2026-11-20T09:00:00Z'),
};

export const LONG_REPOSITORY: RepositoryPage = {
  ...REPOSITORY,
  name: LONG_WORD,
  publisherName: LONG_TEXT.slice(0, 100),
  description: LONG_TEXT,
  visibility: 'private',
};

export const PUBLISHER: PublisherRow = {
  alias: 'lanternworks',
  displayName: 'Lantern Works',
  logoId: null,
  repositoryCount: 3,
  createdAt: new Date('2026-01-01T09:00:00Z'),
};

export const PUBLISHER_PAGE: PublisherPage = {
  ...PUBLISHER,
  id: 1n,
  registryId: '123456789012',
  primaryAlias: PUBLISHER.alias,
  otherAliases: ['m2z1h0k9'],
  verification: { by: 'domain', note: 'lanternworks.example', at: PUBLISHER.createdAt },
  isDemo: true,
  pullCount: 1_234_567,
  profile: {
    bio: 'We make the quiet parts of the web.\n\nReport problems by email.',
    website: 'https://lanternworks.example',
    sourceUrl: 'https://git.example/lanternworks',
    contact: 'hello@lanternworks.example',
    bannerColour: 'teal',
  },
};

export const LONG_PUBLISHER_PAGE: PublisherPage = {
  ...PUBLISHER_PAGE,
  primaryAlias: LONG_WORD.slice(0, 50),
  displayName: LONG_TEXT.slice(0, 100),
  verification: null,
  profile: {
    bio: `${LONG_WORD} ${LONG_TEXT}`,
    website: `https://example.org/${LONG_WORD}`,
    sourceUrl: '',
    contact: `https://example.org/${LONG_WORD}`,
    bannerColour: '',
  },
};

/** Thirty days of constant data. */
export const PULL_DAYS: PullDay[] = Array.from({ length: 30 }, (_, i) => ({
  day: new Date(Date.UTC(2026, 9, 25 + i)).toISOString().slice(0, 10),
  count: (i * 37) % 101,
}));
