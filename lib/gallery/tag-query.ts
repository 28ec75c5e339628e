export const TAG_SORTS = ['pushed', 'name', 'pulls', 'size'] as const;
export type TagSort = (typeof TAG_SORTS)[number];
/** `name` sorts by version: 1.9, 1.10-rc1, 1.10, 1.10-alpine. */
export type TagOrder = { sort: TagSort; direction: 'asc' | 'desc' };

/** The default direction of each order. */
export const USUAL_DIRECTION = {
  pushed: 'desc',
  name: 'asc',
  pulls: 'desc',
  size: 'desc',
} as const satisfies Record<TagSort, TagOrder['direction']>;

export type TagQuery = TagOrder & {
  repositoryId: bigint;
  /** Part of a tag or of its chart version, or the beginning of a digest including `sha256:`. */
  query: string;
  /** Lists only attachments and build caches instead of everything else. */
  isAttached?: boolean;
  offset: number;
  limit: number;
};
