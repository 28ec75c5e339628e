// What an image says about itself in annotations and labels. All of it is untrusted: text is cut, and only web links are kept.
// https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
// https://github.com/label-schema/label-schema.org, their predecessor
import { shortenText } from '#lib/platform/shorten-text.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

const MAX_LINK_LENGTH = 500;
const MAX_WORDS_LENGTH = 200;
const MAX_README_LINK_LENGTH = 1_000;

export type StatedFacts = {
  /** The page of the source code. */
  source: string | null;
  documentation: string | null;
  website: string | null;
  /** An SPDX expression, as written. */
  licences: string | null;
  version: string | null;
  revision: string | null;
  /** The page of `revision`, on forges whose URLs are known. */
  revisionLink: string | null;
  vendor: string | null;
  authors: string | null;
  createdAt: Date | null;
  baseName: string | null;
  /** A Markdown file. */
  readmeLink: string | null;
};

/** Each fact's keys, preferred first. */
const KEYS = {
  source: ['org.opencontainers.image.source', 'org.label-schema.vcs-url'],
  documentation: ['org.opencontainers.image.documentation', 'org.label-schema.usage'],
  website: ['org.opencontainers.image.url', 'org.label-schema.url'],
  licences: ['org.opencontainers.image.licenses', 'io.artifacthub.package.license', 'org.label-schema.license'],
  version: ['org.opencontainers.image.version', 'org.label-schema.version'],
  revision: ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref'],
  vendor: ['org.opencontainers.image.vendor', 'org.label-schema.vendor'],
  authors: ['org.opencontainers.image.authors', 'maintainer'],
  createdAt: ['org.opencontainers.image.created', 'org.label-schema.build-date'],
  baseName: ['org.opencontainers.image.base.name'],
  readmeLink: ['io.artifacthub.package.readme-url'],
} as const;

/** Keys that describe an image, besides those of facts. */
const TEXT_KEYS = ['org.opencontainers.image.title', 'org.opencontainers.image.description'];

export const STATED_KEYS: readonly string[] = [...Object.values(KEYS).flat(), ...TEXT_KEYS];

/** @param annotations of the image and its labels, merged */
export function toStatedFacts(annotations: Record<string, string>): StatedFacts {
  const read = (fact: keyof typeof KEYS) => {
    const key = KEYS[fact].find((candidate) => toOneLine(annotations[candidate] ?? '') !== '');
    return key === undefined ? '' : toOneLine(annotations[key] ?? '');
  };
  const words = (fact: keyof typeof KEYS) => shortenText(read(fact), MAX_WORDS_LENGTH) || null;
  const source = toWebLink(fromGitAddress(read('source')), MAX_LINK_LENGTH);
  const documentation = toWebLink(read('documentation'), MAX_LINK_LENGTH);
  const revision = words('revision');
  const website = toWebLink(read('website'), MAX_LINK_LENGTH);
  const readme = toWebLink(read('readmeLink'), MAX_README_LINK_LENGTH);
  return {
    source,
    documentation: documentation === source ? null : documentation,
    website: website === source || website === documentation ? null : website,
    licences: words('licences'),
    version: words('version'),
    revision,
    revisionLink: revision && source && toCommitLink(source, revision),
    vendor: words('vendor'),
    authors: words('authors'),
    createdAt: toDate(read('createdAt')),
    baseName: words('baseName'),
    readmeLink:
      readme ??
      (documentation !== null && /\.(?:md|markdown)$/i.test(new URL(documentation).pathname) ? documentation : null),
  };
}

export function hasFacts(facts: StatedFacts): boolean {
  return Object.values(facts).some((value) => value !== null);
}

function toOneLine(text: string): string {
  return toStorableText(text)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}

/** `git@HOST:OWNER/NAME.git`, `ssh://git@HOST/…` and `git+https://…` name a page, too. */
export function fromGitAddress(text: string): string {
  return text
    .replace(/^git\+(?=https?:)/, '')
    .replace(/^(?:ssh:\/\/)?git@([a-z0-9.-]+)[:/](?!\d+\/)/i, 'https://$1/')
    .replace(/^git:\/\//, 'https://')
    .replace(/\.git(?=$|#)/, '');
}

export function toWebLink(text: string, maxLength: number): string | null {
  const url = text.length <= maxLength ? URL.parse(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url.href;
}

/** Go writes a zero time as year 1. */
function toDate(text: string): Date | null {
  const date = new Date(text);
  const year = date.getUTCFullYear();
  return /^\d{4}-\d\d-\d\d/.test(text) && year >= 1970 && year <= 9_999 ? date : null;
}

const COMMIT = /^[0-9a-f]{7,64}$/i;

export function toCommitLink(source: string, revision: string): string | null {
  const url = new URL(source);
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (!COMMIT.test(revision) || parts.length < 2) return null;
  const { hostname } = url;
  const place = { 'github.com': 'commit', 'codeberg.org': 'commit', 'gitea.com': 'commit', 'bitbucket.org': 'commits' }[
    hostname
  ];
  if (place !== undefined) return `https://${url.host}/${parts.slice(0, 2).join('/')}/${place}/${revision}`;
  if (hostname !== 'gitlab.com' && !hostname.startsWith('gitlab.')) return null;
  const project = parts.includes('-') ? parts.slice(0, parts.indexOf('-')) : parts;
  return `https://${url.host}/${project.join('/')}/-/commit/${revision}`;
}
