import type { App } from '#lib/app.ts';
import { SYSTEM_CALLER, type Caller } from '#lib/access/schema.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import { refreshHome } from '#lib/gallery/jobs/refresh-home.ts';
import { buildSearchDocument } from '#lib/gallery/build-search-document.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { setRepositoryLogo } from '#lib/repositories/logo/set-repository-logo.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import type { SearchDocument } from '#lib/search/schema.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { calendarShiftDays, shiftDate } from './demo-calendar.ts';
import { DEMO_PUBLISHERS } from './demo-content.ts';
import type { DemoPublisher, DemoPush, DemoRelease, DemoRepository } from './demo-types.ts';
import { createImageBuilder } from './images/image-builder.ts';
import { addDemoCases } from './write/add-demo-cases.ts';
import { addDemoStars } from './write/add-demo-stars.ts';
import { addDemoPublisher, drawLogo, type AddedPublisher } from './write/add-demo-publisher.ts';
import {
  backdateAudit,
  backdateManifests,
  backdateRegistries,
  backdateRepositories,
  dateDemoPulls,
  insertDemoPulls,
  type DatedManifest,
} from './write/backdate-demo.sql.ts';
import { demoPulls, totalPulls, type PulledRepository } from './write/demo-pulls.ts';
import { recordDemoPush } from './write/record-demo-push.ts';
import { linkDemoBlobs } from './write/link-demo-blobs.sql.ts';
import { linksOf, storeDemoBlobs } from './write/store-demo-blobs.ts';

const CONCURRENT = 6;
/** Stands for the gallery's host in texts. */
const EXAMPLE_HOST = 'gallery.example';
const YEAR_SECONDS = 31_536_000;
const HOUR_MS = 3_600_000;

type AddedRepository = { added: AddedPublisher; row: FoundRepository; repository: DemoRepository };
type BuiltRelease = { fullName: string; release: DemoRelease; pushes: DemoPush[] };

/** Adds the publishers that are missing, with their repositories, images, pulls and requests. */
export async function addDemo(app: App): Promise<void> {
  const missing: DemoPublisher[] = [];
  for (const publisher of DEMO_PUBLISHERS) {
    const existing = await app.db.alias.findUnique({ where: { name: publisher.alias } });
    if (!existing) missing.push(publisher);
  }
  if (missing.length === 0) return;
  const now = new Date();
  const [{ publishers, repositories }, built] = await Promise.all([
    addPublishers(app, missing),
    buildReleases(missing).then(async (releases) => {
      await storeDemoBlobs(
        app,
        releases.flatMap(({ pushes }) => pushes.map(({ manifest }) => manifest)),
      );
      return releases;
    }),
  ]);
  const dated = await recordReleases(app, { repositories, built, now });
  await backdate(app, { publishers, repositories, dated, now });
  await addDemoCases(app, publishers);
  await fillSearch(app, repositories);
  await refreshHome(app);
}

async function addPublishers(app: App, wanted: DemoPublisher[]) {
  const publishers: AddedPublisher[] = [];
  for (const few of batches(wanted, CONCURRENT))
    publishers.push(...(await Promise.all(few.map((publisher) => addDemoPublisher(app, publisher)))));
  const repositories = await addRepositories(app, publishers);
  // Pins need the repositories.
  for (const { publisher, caller, registryKey } of publishers)
    await updateRegistryProfile(app, { caller, registryKey, ...publisher.profile });
  return { publishers, repositories };
}

/** The jobs of all these changes come later, but the first visitor should find everything. */
async function fillSearch(app: App, repositories: AddedRepository[]): Promise<void> {
  const documents: SearchDocument[] = [];
  for (const few of batches(repositories, CONCURRENT)) {
    const made = await Promise.all(few.map(({ row }) => buildSearchDocument(app, row.id)));
    documents.push(...made.filter((document) => document !== null));
  }
  await saveSearchDocuments(app, documents);
}

/** In the order of their first releases, because ids tell what is new. */
async function addRepositories(app: App, publishers: AddedPublisher[]): Promise<AddedRepository[]> {
  const wanted = publishers
    .flatMap((added) => added.publisher.repositories.map((repository) => ({ added, repository })))
    .sort((a, b) => firstRelease(a.repository).localeCompare(firstRelease(b.repository)));
  const made: AddedRepository[] = [];
  for (const { added, repository } of wanted) {
    made.push({ added, repository, row: await addRepository(app, added, repository) });
  }
  return made;
}

function firstRelease({ releases }: DemoRepository): string {
  return releases[0]?.published ?? '';
}

async function addRepository(app: App, added: AddedPublisher, repository: DemoRepository): Promise<FoundRepository> {
  const { caller, publisher } = added;
  const { alias } = publisher;
  const { name, description, categories, mirrorOf, logo } = repository;
  const fill = (text: string) =>
    text.replaceAll(`https://${EXAMPLE_HOST}`, app.config.publicUrl).replaceAll(EXAMPLE_HOST, app.config.publicHost);
  const catalogData = { description, categories, aboutText: fill(repository.about), usageText: fill(repository.usage) };
  const fullName = `${alias}/${name}`;
  if (mirrorOf) {
    // The upstream doesn't exist, so the cached copies never expire.
    const upstream = { host: mirrorOf.host, tagTtlSeconds: YEAR_SECONDS, staleSeconds: YEAR_SECONDS };
    await mirrorRepository(app, { caller, alias, name, upstream, upstreamName: mirrorOf.name });
    await updateCatalogData(app, { caller, fullName, catalogData });
  } else {
    const visibility = repository.isPrivate ? 'private' : 'public';
    await createRepository(app, { caller, alias, name, visibility, catalogData });
  }
  if (logo) await setRepositoryLogo(app, { caller, fullName, image: await drawLogo(logo) });
  const row = await findRepository(app, fullName);
  if (!row) throw new Error(`${fullName} wasn't created`);
  return row;
}

/** Oldest first, so that tags move as they did. */
async function buildReleases(publishers: DemoPublisher[]): Promise<BuiltRelease[]> {
  const images = createImageBuilder();
  const releases = publishers.flatMap(({ alias, repositories }) =>
    repositories.flatMap(({ name, releases: all }) =>
      all.map((release) => ({ fullName: `${alias}/${name}`, release })),
    ),
  );
  releases.sort((a, b) => a.release.published.localeCompare(b.release.published));
  return Promise.all(
    releases.map(async ({ fullName, release }) => {
      const manifest = await release.build(images);
      const pushes = [{ manifest, tags: release.tags }, ...(release.attached?.(manifest) ?? [])];
      return { fullName, release, pushes };
    }),
  );
}

type Recording = { repositories: AddedRepository[]; built: BuiltRelease[]; now: Date };

async function recordReleases(app: App, { repositories, built, now }: Recording): Promise<DatedManifest[]> {
  const byName = new Map(repositories.map((added) => [added.row.fullName, added]));
  const targeted = built.flatMap((one) => {
    const target = byName.get(one.fullName);
    return target ? [{ ...one, target }] : [];
  });
  await linkDemoBlobs(
    app.pool,
    targeted.flatMap(({ target, pushes }) => pushes.flatMap(({ manifest }) => linksOf(target.row.id, manifest))),
  );
  const shift = calendarShiftDays(now);
  const dated: DatedManifest[] = [];
  for (const few of batches(targeted, CONCURRENT)) {
    const queues = Map.groupBy(few, ({ fullName }) => fullName);
    await Promise.all(
      [...queues.values()].map(async (queue) => {
        for (const one of queue) dated.push(...(await recordRelease(app, one, shift)));
      }),
    );
  }
  return dated;
}

type TargetedRelease = BuiltRelease & { target: AddedRepository };

async function recordRelease(app: App, { target, release, pushes }: TargetedRelease, shift: number) {
  const { row, repository, added } = target;
  const caller: Caller = repository.mirrorOf ? SYSTEM_CALLER : added.caller;
  const at = shiftDate(release.published, shift);
  const dated: DatedManifest[] = [];
  for (const push of pushes) {
    const digests = await recordDemoPush(app, { caller, repository: row }, push);
    dated.push(...digests.map((digest) => ({ repositoryId: row.id, digest, at })));
  }
  return dated;
}

type Added = { publishers: AddedPublisher[]; repositories: AddedRepository[]; dated: DatedManifest[]; now: Date };

async function backdate(app: App, { publishers, repositories, dated, now }: Added): Promise<void> {
  const shift = calendarShiftDays(now);
  const pulled = repositories.map((added) => toPulled(added, shift));
  const datedRepositories = repositories.map(({ row, repository }, i) => ({
    repositoryId: row.id,
    fullName: row.fullName,
    createdAt: new Date(shiftDate(firstRelease(repository), shift).getTime() - HOUR_MS),
    pullCount: pulled[i] ? totalPulls(pulled[i], now) : 0,
  }));
  const datedRegistries = publishers.map(({ publisher, caller, registryKey }) => ({
    registryKey,
    userId: caller.principal.userId,
    joinedAt: shiftDate(publisher.joined, shift),
  }));
  await inTransaction(app.pool, async (tx) => {
    await backdateRegistries(tx, datedRegistries);
    await backdateManifests(tx, dated);
    await backdateRepositories(tx, datedRepositories);
    await backdateAudit(tx, { registries: datedRegistries, repositories: datedRepositories });
    await insertDemoPulls(
      tx,
      pulled.flatMap((one) => demoPulls(one, now)),
    );
    await dateDemoPulls(tx, { repositoryIds: datedRepositories.map(({ repositoryId }) => repositoryId), now });
  });
  await addDemoStars(app, {
    repositories: repositories.flatMap(({ added, repository: { isPrivate, quarantineReason } }, i) => {
      const row = datedRepositories[i];
      if (!row || isPrivate || quarantineReason !== undefined) return [];
      return [{ ...row, ownerId: added.caller.principal.userId, since: row.createdAt }];
    }),
    userIds: publishers.map(({ caller }) => caller.principal.userId),
    now,
  });
}

function toPulled({ row, repository }: AddedRepository, shift: number): PulledRepository {
  const { pullsPerDay, trend, releases } = repository;
  return {
    repositoryId: row.id,
    fullName: row.fullName,
    pullsPerDay,
    trend,
    releases: releases
      .map(({ tags: [tag = '', second], published }) => {
        const minorTag = second && second !== 'latest' ? second : null;
        return { tag, minorTag, at: shiftDate(published, shift) };
      })
      .toReversed(),
    hasLatest: releases.some(({ tags }) => tags.includes('latest')),
  };
}
