import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_IMAGE_INDEX,
  OCI_IMAGE_MANIFEST,
  SCHEMA_1,
  SCHEMA_1_SIGNED,
} from '#lib/oci/media-types.ts';
import type { Acceptance } from './accept-header.ts';

/** Docker 1.6 to 1.9 send no Accept header, and understand nothing but schema 1. */
const OLD_DOCKER = /^docker\/1\.[6-9]\./;
/** Docker's other name for schema 1. Not a wildcard. */
const JSON_TYPE = 'application/json';

const SIGNED = [SCHEMA_1_SIGNED, SCHEMA_1, JSON_TYPE];

/** A manifest as it is stored, or one that is made of it. `ofPlatform`: of the list's image for linux/amd64. */
export type Format = { mediaType: string; ofPlatform: boolean };

const image = (mediaType: string): Format => ({ mediaType, ofPlatform: false });
const ofPlatform = (mediaType: string): Format => ({ mediaType, ofPlatform: true });

/** What can be made of each type, the best first: the same structure, then a conversion, then schema 1. */
const TARGETS: Record<string, readonly Format[]> = {
  [SCHEMA_1]: [image(SCHEMA_1_SIGNED)],
  [DOCKER_MANIFEST]: [image(OCI_IMAGE_MANIFEST), image(SCHEMA_1_SIGNED)],
  [OCI_IMAGE_MANIFEST]: [image(DOCKER_MANIFEST), image(SCHEMA_1_SIGNED)],
  [DOCKER_MANIFEST_LIST]: [
    image(OCI_IMAGE_INDEX),
    ofPlatform(DOCKER_MANIFEST),
    ofPlatform(OCI_IMAGE_MANIFEST),
    ofPlatform(SCHEMA_1_SIGNED),
  ],
  [OCI_IMAGE_INDEX]: [
    image(DOCKER_MANIFEST_LIST),
    ofPlatform(OCI_IMAGE_MANIFEST),
    ofPlatform(DOCKER_MANIFEST),
    ofPlatform(SCHEMA_1_SIGNED),
  ],
};

export type Client = { acceptance: Acceptance | null; userAgent: string | undefined };

/**
 * Chooses what to answer a pull by tag with. Null: the manifest as it is stored, which is also the answer when nothing
 * fits, because most clients read more than they name.
 */
export function chooseFormat(stored: string, { acceptance, userAgent }: Client): Format | null {
  const targets = TARGETS[stored] ?? [];
  if (!acceptance) return OLD_DOCKER.test(userAgent ?? '') ? (targets.at(-1) ?? null) : null;
  if (acceptance.quality(stored) > 0) return null;
  const wanted = targets
    .map((format) => ({ format, quality: qualityOf(format.mediaType, acceptance) }))
    .filter(({ quality }) => quality > 0);
  // The sort is stable, so that equal ones stay in order of preference.
  return wanted.sort((a, b) => b.quality - a.quality)[0]?.format ?? null;
}

/** Whether the client names a stored manifest's type, or names none at all. */
export function isAcceptable(stored: string, { acceptance }: Client): boolean {
  return !acceptance || acceptance.quality(stored) > 0;
}

function qualityOf(mediaType: string, { named, quality }: Acceptance): number {
  if (mediaType !== SCHEMA_1_SIGNED) return quality(mediaType);
  // Nobody means schema 1 by a wildcard.
  return Math.max(...SIGNED.map((type) => named(type) ?? 0));
}
