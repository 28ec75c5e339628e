import type { Query } from '#components/links.ts';
import { loadStatedFacts } from '#lib/gallery/repository/load-stated-facts.ts';
import type { StatedFacts } from '#lib/gallery/repository/stated-facts.ts';
import { suggestTags } from '#lib/gallery/repository/suggest-tags.ts';
import {
  getFeaturedTag,
  getImage,
  getNewestImage,
  getTag,
  type ImageView,
  type TagView,
} from '#lib/gallery/tag-queries.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { isTag, versionToTag } from '#lib/oci/reference.ts';
import type { Lineage } from '#lib/images/lineage/find-lineage.ts';
import { getApp } from '#lib/app.ts';
import { loadLineage } from '#lib/gallery/repository/load-lineage.ts';
import { MAX_DEPENDENTS_SHOWN } from './lineage-part.tsx';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';

export type UnknownReference = {
  /** As asked for; may be anything. */
  text: string;
  /** Existing tags with a similar name. */
  near: string[];
};

export type ShownImages = {
  /** The featured or latest tag. */
  latest: TagView | null;
  /** What the page describes: the selected image, else `latest`, else the newest untagged image. */
  shown: TagView | ImageView | null;
  /** Whether the URL names `shown`. */
  isSelected: boolean;
  /** What `shown` states about itself. */
  facts: StatedFacts | null;
  /** What `shown` is built on, and what is built on it. */
  lineage: Lineage | null;
  /** What the URL names, if it doesn't exist. */
  unknown: UnknownReference | null;
};

/** Loads the image of `?tag=` or `?digest=`, or the default one. */
export async function loadShownImages(repositoryId: bigint, query: RawSearchParams): Promise<ShownImages> {
  const app = getApp();
  const asked = textParam(query, 'digest') || versionToTag(textParam(query, 'tag'));
  const [latest, selected] = await Promise.all([getFeaturedTag(app, { repositoryId }), findImage(repositoryId, asked)]);
  const shown = selected ?? latest ?? (await getNewestImage(app, { repositoryId }));
  const isUnknown = asked !== '' && selected === null;
  const [facts, lineage, near] = await Promise.all([
    shown && loadStatedFacts(app, { repositoryId, image: shown }),
    shown && loadLineage(app, { repositoryId, image: shown, limit: MAX_DEPENDENTS_SHOWN }),
    isUnknown ? findNearTags(repositoryId, asked) : [],
  ]);
  return {
    latest,
    shown,
    facts,
    lineage,
    isSelected: selected !== null,
    unknown: isUnknown ? { text: asked, near } : null,
  };
}

/** The query string that selects the image again, on another tab. */
export function selectionQuery({ shown, isSelected }: ShownImages): Query {
  if (!shown || !isSelected) return {};
  return 'tag' in shown ? { tag: shown.tag } : { digest: shown.digest };
}

async function findImage(repositoryId: bigint, asked: string): Promise<TagView | ImageView | null> {
  const digest = parseDigest(asked);
  if (digest) return getImage(getApp(), { repositoryId, digest });
  return isTag(asked) ? getTag(getApp(), { repositoryId, tag: asked }) : null;
}

/** Existing tags like the one asked for, which may be anything. */
export async function findNearTags(repositoryId: bigint, asked: string): Promise<string[]> {
  return isTag(asked) ? suggestTags(getApp(), { repositoryId, tag: asked }) : [];
}
