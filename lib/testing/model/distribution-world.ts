// The real server that the model is compared with. Maps the model's numbers to bytes and names, and its operations to
// requests.
import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { uploadPath } from '#lib/blobs/disk/paths.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { restoreDeletion } from '#lib/repositories/deletions/restore-deletion.ts';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { isAppError, type ErrorCode } from '#lib/platform/errors.ts';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import type { TestApp, TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import type { Collecting, Op, Shape } from './distribution-model.ts';

export const REPOSITORIES = 2;
export const TAGS = 2;
export const BLOBS = 4;
const GRACE_SECONDS = 3600;
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

/** Three images, the last of which refers to the first, and two indexes. */
export const SHAPES: Shape[] = [
  { blobs: [0, 1], subject: null, children: [] },
  { blobs: [0, 1, 2], subject: null, children: [] },
  { blobs: [0, 3], subject: 0, children: [] },
  { blobs: [], subject: null, children: [0, 1] },
  { blobs: [], subject: 0, children: [2] },
];

type Built = { digest: string; bytes: string; mediaType: string };

export class DistributionWorld {
  /** Deletion ids by the model's number. */
  readonly deletionIds: string[] = [];
  readonly #site: TestApp;
  readonly #user: TestUser;
  readonly #client: RawClient;
  readonly #salt = randomUUID();
  readonly #blobs: Buffer[];
  readonly #manifests: Built[] = [];

  constructor(site: TestApp, user: TestUser) {
    this.#site = site;
    this.#user = user;
    this.#client = createRawClient(site.url, basic(user.token));
    const config = JSON.stringify({ os: 'linux', run: this.#salt });
    this.#blobs = Array.from({ length: BLOBS }, (_, i) => Buffer.from(i === 0 ? config : `layer ${i} ${this.#salt}`));
    for (const manifest of SHAPES.keys()) this.#manifests.push(this.#build(manifest));
  }

  /** Runs one operation without concurrency, so that its deletion gets a number for restoring. */
  async run(op: Op): Promise<string> {
    const result = await this.ask(op);
    if (op.do.startsWith('delete') && op.do !== 'delete blob' && result === '202') {
      const latest = await this.#site.app.db.deletion.findFirst({ orderBy: [{ deletedAt: 'desc' }, { id: 'desc' }] });
      this.deletionIds.push(latest?.id ?? '');
    }
    return result;
  }

  /** Returns the result in the model's terms. */
  async ask(op: Op): Promise<string> {
    switch (op.do) {
      case 'push blob':
        return this.#pushBlob(op.repo, op.blob);
      case 'head blob':
        return status(await this.#send('HEAD', this.#blobPath(op.repo, op.blob)));
      case 'get blob':
        return this.#getBlob(op.repo, op.blob);
      case 'delete blob':
        return status(await this.#send('DELETE', this.#blobPath(op.repo, op.blob)));
      case 'mount':
        return this.#mount(op.repo, op.from, op.blob);
      case 'put manifest':
        return this.#putManifest(op.repo, op.manifest, op.tag);
      case 'get manifest':
        return this.#getManifest(op.repo, this.#built(op.manifest).digest);
      case 'get tag':
        return this.#getManifest(op.repo, tagName(op.tag));
      case 'delete manifest':
        return status(await this.#send('DELETE', this.#manifestPath(op.repo, this.#built(op.manifest).digest)));
      case 'delete tag':
        return status(await this.#send('DELETE', this.#manifestPath(op.repo, tagName(op.tag))));
      case 'list tags':
        return this.#listTags(op.repo);
      case 'list referrers':
        return this.#listReferrers(op.repo, op.manifest);
      case 'delete repository':
        return this.#deleteRepository(op.repo);
      case 'restore':
        return this.#restore(op.deletion);
      case 'let time pass':
        return this.#letTimePass();
      case 'collect':
        return this.collect(op.how);
    }
  }

  /** `isThorough` also looks for orphans, like the daily run. */
  async collect(how: Collecting, isThorough = false): Promise<string> {
    const { app } = this.#site;
    app.config.gcGraceSeconds = how === 'eager' ? 0 : GRACE_SECONDS;
    // Events of the current millisecond don't count as older than the grace period.
    await sleep(3);
    await collectGarbage(app, { isThorough });
    return 'done';
  }

  /** Every read that reveals part of the state. */
  listQuestions(): Op[] {
    return Array.from({ length: REPOSITORIES }, (_, repo) => [
      ...Array.from({ length: BLOBS }, (_, blob): Op => ({ do: 'get blob', repo, blob })),
      ...Array.from({ length: TAGS }, (_, tag): Op => ({ do: 'get tag', repo, tag })),
      ...[...SHAPES.keys()].map((manifest): Op => ({ do: 'get manifest', repo, manifest })),
      { do: 'list referrers', repo, manifest: 0 } satisfies Op,
      { do: 'list tags', repo } satisfies Op,
    ]).flat();
  }

  /** Deletes everything and expires all deletions. */
  async end(): Promise<void> {
    for (let repo = 0; repo < REPOSITORIES; repo += 1) await this.#deleteRepository(repo);
    const { db, intake, config } = this.#site.app;
    await db.deletion.updateMany({ data: { deletedAt: new Date(0) } });
    // Uploads that couldn't be cancelled because their repository was deleted at that moment.
    const soon = new Date(Date.now() + 60_000);
    for await (const { id } of intake.listStale(soon)) await utimes(uploadPath(config.dataDir, id), 0, 0);
    for (let i = 0; i < 3; i += 1) await this.collect('eager', true);
  }

  async #pushBlob(repo: number, blob: number): Promise<string> {
    const body = this.#blobs[blob] ?? Buffer.alloc(0);
    return status(await this.#send('POST', `${this.#path(repo)}/blobs/uploads/?digest=${sha256(body)}`, { body }));
  }

  async #getBlob(repo: number, blob: number): Promise<string> {
    const answer = await this.#send('GET', this.#blobPath(repo, blob));
    if (answer.status !== 200) return status(answer);
    return answer.body.equals(this.#blobs[blob] ?? Buffer.alloc(0)) ? '200' : '200 with wrong bytes';
  }

  async #mount(repo: number, from: number, blob: number): Promise<string> {
    const query = `mount=${this.#digestOf(blob)}&from=${this.#name(from)}`;
    const answer = await this.#send('POST', `${this.#path(repo)}/blobs/uploads/?${query}`);
    if (answer.status === 202) await this.#send('DELETE', answer.headers.location ?? '');
    return status(answer);
  }

  async #putManifest(repo: number, manifest: number, tag: number | null): Promise<string> {
    const { digest, bytes, mediaType } = this.#built(manifest);
    const path = this.#manifestPath(repo, tag === null ? digest : tagName(tag));
    const answer = await this.#send('PUT', path, { headers: { 'content-type': mediaType }, body: bytes });
    if (!answer.codes.includes('MANIFEST_BLOB_UNKNOWN')) return status(answer);
    const { errors } = JSON.parse(answer.body.toString()) as { errors: { detail: { digest: string }[] }[] };
    const unknown =
      errors[0]?.detail.map((each) => this.#blobs.findIndex((blob) => sha256(blob) === each.digest)) ?? [];
    return `${answer.status} ${unknown.sort((a, b) => a - b).join()}`;
  }

  async #getManifest(repo: number, reference: string): Promise<string> {
    const answer = await this.#send('GET', this.#manifestPath(repo, reference));
    if (answer.status !== 200) return status(answer);
    return `200 ${this.#manifests.findIndex(({ bytes }) => bytes === answer.body.toString())}`;
  }

  async #listTags(repo: number): Promise<string> {
    const answer = await this.#send('GET', `${this.#path(repo)}/tags/list`);
    if (answer.status !== 200) return status(answer);
    const { tags } = JSON.parse(answer.body.toString()) as { tags: string[] };
    return `200 ${tags.map((name) => name.slice(1)).join()}`;
  }

  async #listReferrers(repo: number, manifest: number): Promise<string> {
    const answer = await this.#send('GET', `${this.#path(repo)}/referrers/${this.#built(manifest).digest}`);
    if (answer.status !== 200) return status(answer);
    const { manifests } = JSON.parse(answer.body.toString()) as { manifests: { digest: string }[] };
    const found = manifests.map(({ digest }) => this.#manifests.findIndex((built) => built.digest === digest));
    return `200 ${found.sort((a, b) => a - b).join()}`;
  }

  #deleteRepository(repo: number): Promise<string> {
    const { caller } = this.#user;
    return inWords({ done: '202', repository_not_found: '404' }, () =>
      deleteRepository(this.#site.app, { caller, fullName: this.#name(repo) }),
    );
  }

  #restore(deletion: number): Promise<string> {
    const { caller } = this.#user;
    const id = this.deletionIds[deletion] ?? randomUUID();
    return inWords({ done: '200', not_found: '404', conflict: '409' }, () =>
      restoreDeletion(this.#site.app, { caller, id }),
    );
  }

  async #letTimePass(): Promise<string> {
    const { db } = this.#site.app;
    const seconds = 2 * GRACE_SECONDS;
    await db.$executeRaw`UPDATE link_reviews SET queued_at = queued_at - make_interval(secs => ${seconds})`;
    await db.$executeRaw`UPDATE blob_reviews SET queued_at = queued_at - make_interval(secs => ${seconds})`;
    await db.$executeRaw`UPDATE repository_blobs SET leased_at = leased_at - make_interval(secs => ${seconds})`;
    return 'done';
  }

  #build(manifest: number): Built {
    const { blobs, subject, children } = SHAPES[manifest] ?? { blobs: [], subject: null, children: [] };
    const mediaType = blobs.length > 0 ? OCI_IMAGE_MANIFEST : OCI_IMAGE_INDEX;
    const [config, ...layers] = blobs.map((blob) => this.#describeBlob(blob));
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      annotations: { run: this.#salt, manifest: String(manifest) },
      ...(config ? { config, layers } : { manifests: children.map((child) => describeManifest(this.#built(child))) }),
      ...(subject !== null && { subject: describeManifest(this.#built(subject)) }),
    });
    return { digest: sha256(bytes), bytes, mediaType };
  }

  #describeBlob(blob: number) {
    const size = this.#blobs[blob]?.length ?? 0;
    return { mediaType: blob === 0 ? CONFIG_TYPE : LAYER_TYPE, digest: this.#digestOf(blob), size };
  }

  #built(manifest: number): Built {
    const built = this.#manifests[manifest];
    if (!built) throw new Error(`unknown manifest ${manifest}`);
    return built;
  }

  #digestOf(blob: number): string {
    return sha256(this.#blobs[blob] ?? '');
  }

  #name(repo: number): string {
    return `${this.#user.alias}/r${repo}-${this.#salt}`;
  }

  #path(repo: number): string {
    return `/v2/${this.#name(repo)}`;
  }

  #blobPath(repo: number, blob: number): string {
    return `${this.#path(repo)}/blobs/${this.#digestOf(blob)}`;
  }

  #manifestPath(repo: number, reference: string): string {
    return `${this.#path(repo)}/manifests/${reference}`;
  }

  #send(...args: Parameters<RawClient['send']>): Promise<Answer> {
    return this.#client.send(...args);
  }
}

function tagName(tag: number): string {
  return `t${tag}`;
}

function status(answer: Answer): string {
  return String(answer.status);
}

function describeManifest({ digest, bytes, mediaType }: Built) {
  return { mediaType, digest, size: bytes.length };
}

async function inWords(
  words: { done: string } & Partial<Record<ErrorCode, string>>,
  work: () => Promise<unknown>,
): Promise<string> {
  try {
    await work();
    return words.done;
  } catch (error) {
    const word = isAppError(error) ? words[error.code] : undefined;
    if (word === undefined) throw error;
    return word;
  }
}
