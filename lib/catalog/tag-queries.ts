// Tags and images as the public pages show them. Who may see a repository is decided before these are asked.
import { manifestKind } from '#lib/oci/media-types.ts';
import type { Db } from '#lib/platform/db.ts';
import { escapeLike } from '#lib/platform/escape-like.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';

export type PlatformView = {
  os: string;
  architecture: string;
  variant: string | null;
  /** Null where the index names a manifest that is not here. */
  sizeBytes: number | null;
  digest: string;
};

export type ImageView = {
  digest: string;
  mediaType: string;
  isIndex: boolean;
  platforms: PlatformView[];
  /** Compressed; of an index, all that is below it. */
  sizeBytes: number;
  /** When the image was built. */
  imageCreatedAt: Date | null;
  pushedAt: Date;
};

export type TagView = ImageView & {
  tag: string;
  tagCreatedAt: Date;
  /** Other tags on the same digest, a few of them. */
  sameDigestTags: string[];
};

const SAME_DIGEST_TAGS = 6;

const IMAGE_SELECT = {
  id: true,
  repositoryId: true,
  digest: true,
  mediaType: true,
  contentBytes: true,
  os: true,
  architecture: true,
  variant: true,
  imageCreatedAt: true,
  pushedAt: true,
  children: { orderBy: { position: 'asc' } },
} satisfies Prisma.ManifestSelect;

const TAG_INCLUDE = {
  manifest: {
    select: {
      ...IMAGE_SELECT,
      tags: { select: { name: true }, orderBy: { pushedAt: 'desc' }, take: SAME_DIGEST_TAGS + 1 },
    },
  },
} satisfies Prisma.TagInclude;

type ImageRow = Prisma.ManifestGetPayload<{ select: typeof IMAGE_SELECT }>;
type TagRow = Prisma.TagGetPayload<{ include: typeof TAG_INCLUDE }>;

export const TAG_SORTS = ['pushed', 'name', 'size'] as const;
export type TagSort = (typeof TAG_SORTS)[number];

export type TagQuery = {
  repositoryId: bigint;
  /** Part of the tag's name. */
  query: string;
  sort: TagSort;
  direction: 'asc' | 'desc';
  offset: number;
  limit: number;
};

export async function listTags(
  app: { db: Db },
  { repositoryId, query, sort, direction, offset, limit }: TagQuery,
): Promise<{ tags: TagView[]; total: number }> {
  const where: Prisma.TagWhereInput = {
    repositoryId,
    ...(query && { name: { contains: escapeLike(query), mode: 'insensitive' } }),
  };
  const orders: Record<TagSort, Prisma.TagOrderByWithRelationInput> = {
    pushed: { pushedAt: direction },
    name: { name: direction },
    size: { manifest: { contentBytes: direction } },
  };
  const [rows, total] = await Promise.all([
    app.db.tag.findMany({
      where,
      orderBy: [orders[sort], { name: 'asc' }],
      skip: offset,
      take: limit,
      include: TAG_INCLUDE,
    }),
    app.db.tag.count({ where }),
  ]);
  return { tags: await toTagViews(app, rows), total };
}

/** Null without such a tag. */
export async function getTag(
  app: { db: Db },
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<TagView | null> {
  const row = await app.db.tag.findUnique({
    where: { repositoryId_name: { repositoryId, name: tag } },
    include: TAG_INCLUDE,
  });
  return row && ((await toTagViews(app, [row]))[0] ?? null);
}

/** `latest` where there is one, else the tag that was pushed last. */
export async function getLatestTag(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<TagView | null> {
  const latest = await getTag(app, { repositoryId, tag: 'latest' });
  if (latest) return latest;
  const newest = await app.db.tag.findFirst({
    where: { repositoryId },
    orderBy: [{ pushedAt: 'desc' }, { name: 'desc' }],
    include: TAG_INCLUDE,
  });
  return newest && ((await toTagViews(app, [newest]))[0] ?? null);
}

/** The tag that its publisher chose to show, as long as it is there; else the latest. */
export async function getFeaturedTag(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<TagView | null> {
  const chosen = await app.db.repository.findUnique({ where: { id: repositoryId }, select: { featuredTag: true } });
  const featured = chosen?.featuredTag ? await getTag(app, { repositoryId, tag: chosen.featuredTag }) : null;
  return featured ?? getLatestTag(app, { repositoryId });
}

/** For a repository without tags: the newest manifest that nothing else stands above. */
export async function getNewestImage(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<ImageView | null> {
  const row = await app.db.manifest.findFirst({
    where: { repositoryId, subjectDigest: null },
    orderBy: [{ pushedAt: 'desc' }, { id: 'desc' }],
    select: IMAGE_SELECT,
  });
  return row && ((await toImageViews(app, [row]))[0] ?? null);
}

async function toTagViews(app: { db: Db }, rows: TagRow[]): Promise<TagView[]> {
  const images = await toImageViews(
    app,
    rows.map(({ manifest }) => manifest),
  );
  return rows.flatMap((row, i) => {
    const image = images[i];
    const others = row.manifest.tags.map(({ name }) => name).filter((name) => name !== row.name);
    if (!image) return [];
    return [
      {
        ...image,
        tag: row.name,
        pushedAt: row.pushedAt,
        tagCreatedAt: row.createdAt,
        sameDigestTags: others.slice(0, SAME_DIGEST_TAGS),
      },
    ];
  });
}

/** Two queries for any number of images: the rows, and the manifests below those that are an index. */
async function toImageViews(app: { db: Db }, rows: ImageRow[]): Promise<ImageView[]> {
  const childDigests = rows.flatMap(({ children }) => children.map(({ digest }) => digest));
  const repositoryId = rows[0]?.repositoryId;
  const children =
    childDigests.length === 0 || repositoryId === undefined
      ? []
      : await app.db.manifest.findMany({
          where: { repositoryId, digest: { in: childDigests } },
          select: {
            digest: true,
            contentBytes: true,
            imageCreatedAt: true,
            os: true,
            architecture: true,
            variant: true,
          },
        });
  const childByDigest = new Map(children.map((child) => [child.digest, child]));
  return rows.map((row) => toImageView(row, childByDigest));
}

type ChildRow = Pick<ImageRow, 'digest' | 'contentBytes' | 'imageCreatedAt' | 'os' | 'architecture' | 'variant'>;

function toImageView(row: ImageRow, childByDigest: Map<string, ChildRow>): ImageView {
  const isIndex = manifestKind(row.mediaType) === 'index';
  const parts = isIndex
    ? row.children.map((child) => {
        const here = childByDigest.get(child.digest);
        const { os, architecture, variant } = child.os ? child : (here ?? child);
        return { os, architecture, variant, digest: child.digest, contentBytes: here?.contentBytes ?? null };
      })
    : [row];
  const childDates = row.children.flatMap(({ digest }) => childByDigest.get(digest)?.imageCreatedAt ?? []);
  return {
    digest: row.digest,
    mediaType: row.mediaType,
    isIndex,
    platforms: parts.flatMap(({ os, architecture, variant, digest, contentBytes }) =>
      isRealPlatform(os) && isRealPlatform(architecture)
        ? [{ os, architecture, variant, digest, sizeBytes: contentBytes === null ? null : Number(contentBytes) }]
        : [],
    ),
    sizeBytes: Number(row.contentBytes),
    imageCreatedAt: row.imageCreatedAt ?? newest(childDates),
    pushedAt: row.pushedAt,
  };
}

/** Attestations stand in an index as `unknown/unknown`: nothing that runs. */
function isRealPlatform(value: string | null): value is string {
  return value !== null && value !== '' && value !== 'unknown';
}

function newest(dates: Date[]): Date | null {
  return dates.reduce<Date | null>((latest, date) => (latest === null || date > latest ? date : latest), null);
}
