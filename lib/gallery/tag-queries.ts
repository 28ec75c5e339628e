// Tags and images for the public pages. Callers authorize access to the repository.
import { manifestKind } from '#lib/oci/media-types.ts';
import type { Kind } from '#lib/search/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { listPullsOfTags } from './insight-queries.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { kindOfManifest } from './repository/find-kind.ts';
import { listNewestNames } from './tag-queries.sql.ts';

export type PlatformView = {
  os: string;
  architecture: string;
  variant: string | null;
  /** Null when the index lists a manifest that isn't stored here. */
  sizeBytes: number | null;
  digest: string;
};

export type ImageView = {
  digest: string;
  mediaType: string;
  kind: Kind;
  isIndex: boolean;
  /** The first platforms. */
  platforms: PlatformView[];
  /** Compressed. Of an index, everything below it. */
  sizeBytes: number;
  /** When the image was built. */
  imageCreatedAt: Date | null;
  pushedAt: Date;
  /** By tag or by digest, accurate to an hour. For members only. */
  lastPulledAt: Date | null;
};

export type TagView = ImageView & {
  tag: string;
  tagCreatedAt: Date;
  /** Other tags of the same digest, newest versions first, cut to a few. */
  sameDigestTags: string[];
  /** Total number of other tags of the same digest. */
  sameDigestCount: number;
  /** Whether this is a signature, an attestation or a build cache, which can't be run. */
  isAttached: boolean;
  /** Pulls by this tag in the last `RECENT_DAYS`. */
  recentPulls: number;
};

const SAME_DIGEST_TAGS = 6;
/** An index may list ten thousand platforms. */
const MAX_PLATFORMS = 200;

const IMAGE_SELECT = {
  id: true,
  repositoryId: true,
  digest: true,
  mediaType: true,
  contentBytes: true,
  configMediaType: true,
  artifactType: true,
  attachedAs: true,
  os: true,
  architecture: true,
  variant: true,
  imageCreatedAt: true,
  pushedAt: true,
  lastPulledAt: true,
  children: { where: { position: { lt: MAX_PLATFORMS } }, orderBy: { position: 'asc' } },
} satisfies Prisma.ManifestSelect;

const TAG_INCLUDE = { manifest: { select: IMAGE_SELECT } } satisfies Prisma.TagInclude;

type ImageRow = Prisma.ManifestGetPayload<{ select: typeof IMAGE_SELECT }>;
type TagRow = Prisma.TagGetPayload<{ include: typeof TAG_INCLUDE }>;

/** Keeps the order of `names` and leaves out unknown ones. */
export async function findTags(
  app: { db: Db },
  { repositoryId, names }: { repositoryId: bigint; names: string[] },
): Promise<TagView[]> {
  const rows = await app.db.tag.findMany({ where: { repositoryId, name: { in: names } }, include: TAG_INCLUDE });
  const views = new Map((await toTagViews(app, rows)).map((view) => [view.tag, view]));
  return names.flatMap((name) => views.get(name) ?? []);
}

/** Null when the tag doesn't exist. */
export async function getTag(
  app: { db: Db },
  { repositoryId, tag }: { repositoryId: bigint; tag: string },
): Promise<TagView | null> {
  const [view] = await findTags(app, { repositoryId, names: [tag] });
  return view ?? null;
}

/** Returns `latest` if it exists, otherwise the last pushed tag that isn't an attachment. */
export async function getLatestTag(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<TagView | null> {
  const latest = await getTag(app, { repositoryId, tag: 'latest' });
  if (latest && !latest.isAttached) return latest;
  const newest = await app.db.tag.findFirst({
    where: { repositoryId, attachedAs: null },
    orderBy: [{ pushedAt: 'desc' }, { versionKey: 'desc' }, { name: 'desc' }],
    include: TAG_INCLUDE,
  });
  return newest && ((await toTagViews(app, [newest]))[0] ?? null);
}

/** Returns the tag that the publisher featured while it exists, otherwise the latest. */
export async function getFeaturedTag(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<TagView | null> {
  const chosen = await app.db.repository.findUnique({ where: { id: repositoryId }, select: { featuredTag: true } });
  const featured = chosen?.featuredTag ? await getTag(app, { repositoryId, tag: chosen.featuredTag }) : null;
  return featured && !featured.isAttached ? featured : getLatestTag(app, { repositoryId });
}

/** Null when the repository doesn't have the manifest. */
export async function getImage(
  app: { db: Db },
  { repositoryId, digest }: { repositoryId: bigint; digest: string },
): Promise<ImageView | null> {
  const where = { repositoryId_digest: { repositoryId, digest } };
  const row = await app.db.manifest.findUnique({ where, select: IMAGE_SELECT });
  return row && ((await toImageViews(app, [row]))[0] ?? null);
}

/** Finds images of one repository. */
export async function findImages(app: { db: Db }, { ids }: { ids: bigint[] }): Promise<Map<bigint, ImageView>> {
  const rows = await app.db.manifest.findMany({ where: { id: { in: ids } }, select: IMAGE_SELECT });
  const views = await toImageViews(app, rows);
  return new Map(rows.flatMap(({ id }, i) => (views[i] ? [[id, views[i]]] : [])));
}

/** For a repository without tags: the newest manifest that no index lists. */
export async function getNewestImage(
  app: { db: Db },
  { repositoryId }: { repositoryId: bigint },
): Promise<ImageView | null> {
  const row = await app.db.manifest.findFirst({
    where: { repositoryId, attachedAs: null },
    orderBy: [{ pushedAt: 'desc' }, { id: 'desc' }],
    select: IMAGE_SELECT,
  });
  return row && ((await toImageViews(app, [row]))[0] ?? null);
}

async function toTagViews(app: { db: Db }, rows: TagRow[]): Promise<TagView[]> {
  const [first] = rows;
  if (!first) return [];
  const [images, names, pulls] = await Promise.all([
    toImageViews(
      app,
      rows.map(({ manifest }) => manifest),
    ),
    listNamesByManifest(app, [...new Set(rows.map(({ manifestId }) => manifestId))]),
    listPullsOfTags(app, { repositoryId: first.repositoryId, tags: rows.map(({ name }) => name) }),
  ]);
  return rows.flatMap((row, i) => {
    const image = images[i];
    if (!image) return [];
    const same = names.get(row.manifestId) ?? { names: [], total: Number(row.attachedAs === null) };
    return [
      {
        ...image,
        tag: row.name,
        pushedAt: row.pushedAt,
        tagCreatedAt: row.createdAt,
        sameDigestTags: same.names.filter((name) => name !== row.name).slice(0, SAME_DIGEST_TAGS),
        sameDigestCount: same.total - Number(row.attachedAs === null),
        isAttached: row.attachedAs !== null,
        recentPulls: pulls.get(row.name) ?? 0,
      },
    ];
  });
}

type Names = { names: string[]; total: number };

/** Returns the newest few tags of each manifest and their total. */
async function listNamesByManifest(app: { db: Db }, manifestIds: bigint[]): Promise<Map<bigint, Names>> {
  const rows = await listNewestNames(app.db, { manifestIds, limit: SAME_DIGEST_TAGS + 1 });
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}

/** Uses two queries for any number of images: the rows, and the children of indexes. */
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
    kind: kindOfManifest(row),
    isIndex,
    platforms: parts.flatMap(({ os, architecture, variant, digest, contentBytes }) =>
      isRealPlatform(os) && isRealPlatform(architecture)
        ? [{ os, architecture, variant, digest, sizeBytes: contentBytes === null ? null : Number(contentBytes) }]
        : [],
    ),
    sizeBytes: Number(row.contentBytes),
    imageCreatedAt: row.imageCreatedAt ?? newest(childDates),
    pushedAt: row.pushedAt,
    lastPulledAt: row.lastPulledAt,
  };
}

/** Attestations appear in an index with the platform `unknown/unknown`. */
function isRealPlatform(value: string | null): value is string {
  return value !== null && value !== '' && value !== 'unknown';
}

function newest(dates: Date[]): Date | null {
  return dates.reduce<Date | null>((latest, date) => (latest === null || date > latest ? date : latest), null);
}
