// Runs of lifecycle policies against a real site: what they take, and what holds them back.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { deleteLifecyclePolicy } from '#lib/repositories/lifecycle/delete-lifecycle-policy.ts';
import { putLifecyclePolicy } from '#lib/repositories/lifecycle/put-lifecycle-policy.ts';
import { setProtectedTags } from '#lib/repositories/lifecycle/set-protected-tags.ts';
import { listDeletions } from '#lib/repositories/deletions/deletion-queries.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { blobOf, buildIndex, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { readJobs, takeJobs } from '#lib/testing/queued-jobs.ts';
import { planRun } from './plan-run.ts';
import { previewLifecyclePolicy } from './preview-lifecycle-policy.ts';
import { findLifecyclePreview, listLifecycleImages, listLifecycleRuns } from './run-queries.ts';
import { runLifecyclePolicy } from './run-lifecycle-policy.ts';
import { startDueRuns } from './start-due-runs.ts';

const AMD = { os: 'linux', architecture: 'amd64' };
const DAY_MS = 86_400_000;
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

let site: TestApp;
let ada: TestUser;
let client: DistributionClient;
let fullName = '';
let repository: FoundRepository;
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  client = createDistributionClient(site.url, ada.token);
});
afterAll(() => site.close());
beforeEach(() => {
  fullName = `${ada.alias}/app-${(serial += 1)}`;
});

function build(layers = [blobOf(LAYER, randomUUID())], subject?: BuiltManifest): BuiltManifest {
  return buildManifest({ config: blobOf(CONFIG, JSON.stringify({ ...AMD, id: randomUUID() })), layers, subject });
}

/** Pushes an image that looks as if it had been pushed days ago. */
async function push(daysAgo: number, tags: string[], image = build()): Promise<string> {
  await client.push(fullName, image, tags);
  const found = await findRepository(site.app, fullName);
  if (!found) throw new Error(`${fullName} wasn't pushed`);
  repository = found;
  const pushedAt = new Date(Date.now() - daysAgo * DAY_MS);
  await site.app.db.manifest.updateMany({
    where: { repositoryId: found.id, digest: image.digest },
    data: { pushedAt },
  });
  return image.digest;
}

type Selection = { tagStatus: string; countType: string; countNumber: number; [key: string]: unknown };
const untagged: Selection = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 };
const newest = (countNumber: number): Selection => ({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber });
const policyOf = (...selections: Selection[]) =>
  JSON.stringify({
    rules: selections.map((selection, i) => ({ rulePriority: i + 1, selection, action: { type: 'expire' } })),
  });
const put = (text: string) => putLifecyclePolicy(site.app, { caller: ada.caller, fullName, text });
const runNow = () => runLifecyclePolicy(site.app, { repositoryId: String(repository.id) });
async function digestsLeft(): Promise<string[]> {
  const rows = await site.app.db.manifest.findMany({ where: { repositoryId: repository.id }, orderBy: { id: 'asc' } });
  return rows.map(({ digest }) => digest);
}
const latestRun = async () => {
  const { rows } = await listLifecycleRuns(site.app, { repositoryId: repository.id, offset: 0, limit: 1 });
  const [run] = rows;
  if (!run) throw new Error('no run');
  return run;
};
const takenOf = async () =>
  (await latestRun()).taken.map(({ rulePriority, outcome, count }) => [rulePriority, outcome, count]);

test('a policy is run some minutes after it was set, and daily from then on', async () => {
  const old = await push(9, []);
  const kept = await push(1, ['v1']);
  await takeJobs(site.app, 'run-lifecycle-policy');
  await put(policyOf(untagged));
  expect(await takeJobs(site.app, 'run-lifecycle-policy')).toEqual([{ repositoryId: String(repository.id) }]);
  await startDueRuns(site.app);
  expect(await readJobs(site.app, 'run-lifecycle-policy')).toEqual([]);
  await runNow();
  expect(await digestsLeft()).toEqual([kept]);
  expect(await takenOf()).toEqual([[1, 'done', 1]]);
  await startDueRuns(site.app);
  expect(await readJobs(site.app, 'run-lifecycle-policy')).toEqual([]);
  const yesterday = new Date(Date.now() - DAY_MS);
  const data = { evaluatedAt: yesterday, updatedAt: yesterday };
  await site.app.db.lifecyclePolicy.update({ where: { repositoryId: repository.id }, data });
  await startDueRuns(site.app);
  expect(await takeJobs(site.app, 'run-lifecycle-policy')).toEqual([{ repositoryId: String(repository.id) }]);

  // What expired waits in the bin.
  const { rows } = await listDeletions(site.app, { registryKey: repository.registryKey, offset: 0, limit: 1 });
  expect(rows).toMatchObject([{ digest: old, fullName, deletedBy: 'system' }]);
  await restoreDeletion(site.app, { caller: ada.caller, id: rows[0]?.id ?? '' });
  expect(await digestsLeft()).toEqual([old, kept]);
  const audit = { action: 'repository.run-lifecycle-policy', target: fullName };
  expect(await site.app.db.auditEvent.count({ where: audit })).toBe(1);
});

test('children stay until their index is gone', async () => {
  const [amd, arm] = [build(), build()];
  const index = buildIndex([
    { platform: AMD, image: amd },
    { platform: { os: 'linux', architecture: 'arm64' }, image: arm },
  ]);
  await push(50, ['old-1'], index);
  for (const { digest } of [amd, arm]) {
    const pushedAt = new Date(Date.now() - 50 * DAY_MS);
    await site.app.db.manifest.updateMany({ where: { repositoryId: repository.id, digest }, data: { pushedAt } });
  }
  const kept = await push(1, ['v1']);
  await put(policyOf({ ...untagged, tagStatus: 'tagged', tagPatternList: ['old*'] }, untagged));
  await runNow();
  expect(await takenOf()).toEqual([
    [1, 'done', 1],
    [2, 'listed', 2],
  ]);
  expect((await digestsLeft()).toSorted()).toEqual([amd.digest, arm.digest, kept].toSorted());
  await runNow();
  expect(await digestsLeft()).toEqual([kept]);
});

test('attachments go with their image and never count', async () => {
  const attach = async (subject: BuiltManifest) => push(40, [], build([blobOf(LAYER, randomUUID())], subject));
  const [image, other] = [build(), build()];
  await push(50, ['v1'], image);
  await attach(image);
  const sbom = build([blobOf(LAYER, randomUUID())], image);
  await push(40, [], sbom);
  await attach(sbom);
  await push(40, [`${image.digest.replace(':', '-')}.sig`]);
  const kept = await push(1, ['v2'], other);
  const signature = await attach(other);
  await put(policyOf(newest(1)));
  await runNow();
  expect(await digestsLeft()).toEqual([kept, signature]);
  expect(await takenOf()).toEqual([[1, 'done', 1]]);
  expect((await latestRun()).imageCount).toBe(2);
});

describe('a run takes at most', () => {
  test('half of the images, oldest first, and the rest in later runs', async () => {
    const digests: string[] = [];
    for (const age of [30, 29, 28, 27, 26]) digests.push(await push(age, []));
    await put(policyOf(untagged));
    await runNow();
    expect(await takenOf()).toEqual([
      [1, 'done', 3],
      [1, 'limited', 2],
    ]);
    expect(await digestsLeft()).toEqual(digests.slice(3));
    await runNow();
    expect(await digestsLeft()).toEqual(digests.slice(4));
    await runNow();
    expect(await digestsLeft()).toEqual([]);
  });

  test('nothing with a protected tag', async () => {
    const kept = await push(40, ['release-1']);
    await push(30, ['dev']);
    const last = await push(1, ['v2']);
    await setProtectedTags(site.app, { caller: ada.caller, fullName, protectedTags: ['release-*'] });
    await put(policyOf(newest(1)));
    await runNow();
    expect(await digestsLeft()).toEqual([kept, last]);
    expect(await takenOf()).toEqual([
      [1, 'done', 1],
      [1, 'protected', 1],
    ]);
  });

  test.each<[string, (digest: string) => Promise<unknown>]>([
    ['a new tag', async (digest) => client.request('PUT', `/v2/${fullName}/manifests/kept`, await manifestOf(digest))],
    ['a protected tag', () => setProtectedTags(site.app, { caller: ada.caller, fullName, protectedTags: ['dev*'] })],
    ['another policy', () => put(policyOf(newest(9)))],
    ['no policy', () => deleteLifecyclePolicy(site.app, { caller: ada.caller, fullName })],
  ])('what it planned, if there is %s meanwhile', async (_what, change) => {
    const digest = await push(9, ['dev']);
    await push(1, ['v2']);
    const text = policyOf(newest(1));
    await put(text);
    const { id: repositoryId } = repository;
    const policy = { rules: [{ rulePriority: 1, selection: newest(1), action: { type: 'expire' } }] } as never;
    await planRun(site.app, { repositoryId, isPreview: false, text, policy });
    await change(digest);
    await runNow();
    expect(await digestsLeft()).toContain(digest);
  });

  test('nothing of a quarantined repository', async () => {
    const digest = await push(9, []);
    await put(policyOf(untagged));
    const admin = await site.createUser({ role: 'admin' });
    await quarantineRepository(site.app, { caller: admin.caller, fullName, reason: 'A miner was found.' });
    await runNow();
    expect(await digestsLeft()).toEqual([digest]);
  });
});

async function manifestOf(digest: string) {
  const where = { repositoryId: repository.id, digest };
  const { payload, mediaType } = await site.app.db.manifest.findFirstOrThrow({ where });
  return { mediaType, bytes: Buffer.from(payload) };
}

test('archived images stay, can not be pulled, and come back with a push', async () => {
  const image = build();
  const digest = await push(100, ['v1'], image);
  await push(1, ['v2']);
  const authorization = `Basic ${Buffer.from(`ada:${ada.token}`).toString('base64')}`;
  const pull = async (reference = 'v1') =>
    (await fetch(`${site.url}/v2/${fullName}/manifests/${reference}`, { headers: { authorization } })).status;
  // Twice, so that it is in memory.
  for (const reference of ['v1', digest]) expect([await pull(reference), await pull(reference)]).toEqual([200, 200]);
  const pulledAt = new Date(Date.now() - 95 * DAY_MS);
  await site.app.db.manifest.updateMany({
    where: { repositoryId: repository.id, digest },
    data: { lastPulledAt: pulledAt },
  });
  const selection = { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90 };
  const action = { type: 'transition', targetStorageClass: 'archive' };
  await put(JSON.stringify({ rules: [{ rulePriority: 1, selection, action }] }));
  await runNow();
  expect(await takenOf()).toEqual([[1, 'done', 1]]);
  expect([await pull(), await pull(digest)]).toEqual([404, 404]);
  const { isArchived, archivedAt } = await site.app.db.manifest.findFirstOrThrow({ where: { digest } });
  expect([isArchived, archivedAt !== null]).toEqual([true, true]);
  await client.push(fullName, image, ['v1']);
  expect([await pull(), await pull(digest)]).toEqual([200, 200]);
  // It counts as new from then on.
  await runNow();
  expect(await pull()).toBe(200);
});

test('a preview says what is freed, and takes nothing', async () => {
  const shared = blobOf(LAYER, 'shared'.repeat(100));
  const elsewhere = blobOf(LAYER, 'elsewhere'.repeat(100));
  const own = blobOf(LAYER, 'own'.repeat(100));
  const image = build([shared, elsewhere, own]);
  const here = fullName;
  fullName = `${ada.alias}/other-${serial}`;
  await push(1, ['v1'], build([elsewhere]));
  fullName = here;
  await push(9, ['old'], image);
  await push(1, ['v1'], build([shared]));
  const { runId } = await previewLifecyclePolicy(site.app, { caller: ada.caller, fullName, text: policyOf(newest(1)) });
  const config = image.blobs.find(({ mediaType }) => mediaType === CONFIG);
  const preview = await findLifecyclePreview(site.app, repository.id);
  expect(preview).toMatchObject({
    id: runId,
    imageCount: 2,
    freedBytes: own.bytes.length + (config?.bytes.length ?? 0),
    taken: [{ rulePriority: 1, action: 'expire', outcome: 'planned', count: 1 }],
    isExpired: false,
  });
  const images = await listLifecycleImages(site.app, { runId, after: -1, limit: 10 });
  expect(images).toMatchObject([{ digest: image.digest, tags: ['old'], outcome: 'planned' }]);
  expect(await digestsLeft()).toHaveLength(2);
  // The next preview replaces it.
  await previewLifecyclePolicy(site.app, { caller: ada.caller, fullName, text: policyOf(newest(2)) });
  expect(await findLifecyclePreview(site.app, repository.id)).toMatchObject({ taken: [] });
  expect(await site.app.db.lifecycleRun.count({ where: { repositoryId: repository.id } })).toBe(1);
});

test('old reports and previews are forgotten', async () => {
  await push(1, ['v1']);
  const { id: repositoryId } = repository;
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
  const runs = [
    { isPreview: true, startedAt: ago(0.9) },
    { isPreview: true, startedAt: ago(1.1) },
    { isPreview: false, startedAt: ago(89) },
    { isPreview: false, startedAt: ago(91) },
  ];
  await site.app.db.lifecycleRun.createMany({ data: runs.map((run) => ({ repositoryId, text: '', ...run })) });
  await startDueRuns(site.app);
  const left = await site.app.db.lifecycleRun.findMany({ where: { repositoryId }, orderBy: { startedAt: 'asc' } });
  expect(left.map(({ isPreview }) => isPreview)).toEqual([false, true]);
});

test('only maintainers may set, preview and remove a policy', async () => {
  await push(1, ['v1']);
  const stranger = await site.createUser();
  const as = { caller: stranger.caller, fullName };
  const text = policyOf(untagged);
  await expect(putLifecyclePolicy(site.app, { ...as, text })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(setProtectedTags(site.app, { ...as, protectedTags: [] })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(deleteLifecyclePolicy(site.app, as)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(previewLifecyclePolicy(site.app, { ...as, text })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(put('{}')).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(deleteLifecyclePolicy(site.app, { caller: ada.caller, fullName })).rejects.toMatchObject({
    code: 'not_found',
  });
});
