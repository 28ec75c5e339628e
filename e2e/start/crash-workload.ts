// A workload for a server that gets killed. Afterwards every tag must have its last acknowledged state, or the one
// requested when the server died, and every acknowledged manifest must have all of its bytes.
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { sha256, type Answer, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { ChunkedUploads, expectUploadStatus } from './chunked-uploads.ts';

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const TAGS_PER_CLIENT = 4;
/** Shared by all images, besides each image's own layers. */
const SHARED_LAYERS = Array.from({ length: 5 }, (_, i) => createHash('sha512').update(`shared ${i}`).digest());

type Image = { repository: string; digest: string; bytes: string; blobs: Buffer[] };
/** The digest that a tag points to, or null without a tag. */
type TagState = { repository: string; acknowledged: string | null; asked: string | null | undefined };

export type Tally = Record<'pushes' | 'moves' | 'deletes' | 'checked', number>;

/** The server died, so the outcome of the request in flight is unknown. */
class Gone extends Error {}

export class CrashWorkload {
  readonly tally: Tally = { pushes: 0, moves: 0, deletes: 0, checked: 0 };
  readonly uploads: ChunkedUploads;
  readonly #client: RawClient;
  readonly #repositories: string[];
  readonly #tags = new Map<string, TagState>();
  readonly #images = new Map<string, Image>();
  /** Acknowledged since the last check. */
  #fresh: string[] = [];
  #isStopped = false;

  constructor(client: RawClient, { repositories, graceMs }: { repositories: string[]; graceMs: number }) {
    this.#client = client;
    this.uploads = new ChunkedUploads(graceMs);
    this.#repositories = repositories;
  }

  /** Works until the server dies. Rejects on a wrong response. */
  async run(clients: number): Promise<void> {
    this.#isStopped = false;
    await Promise.all(
      Array.from({ length: clients }, async (_, i) => {
        try {
          while (!this.#isStopped) await this.#act(i);
        } catch (error) {
          if (!(error instanceof Gone)) throw error;
        }
      }),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #act(clientId: number): Promise<void> {
    const repository = this.#repositories[randomInt(this.#repositories.length)] ?? '';
    const key = `${repository}:c${clientId}-${randomInt(TAGS_PER_CLIENT)}`;
    const tag = this.#tags.get(key);
    const dice = randomInt(10);
    if (tag?.acknowledged && dice < 2) return this.#deleteTag(key, tag);
    if (tag?.acknowledged && dice < 3) return this.#deleteManifest(clientId, tag);
    await this.#push(repository, key);
  }

  async #push(repository: string, key: string): Promise<void> {
    const own = randomBytes(1 + randomInt(200_000));
    const layers = [own, SHARED_LAYERS[randomInt(SHARED_LAYERS.length)] ?? own];
    const config = Buffer.from(JSON.stringify({ os: 'linux', id: randomUUID() }));
    const describe = (bytes: Buffer, mediaType: string) => ({ mediaType, digest: sha256(bytes), size: bytes.length });
    const bytes = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE_MANIFEST,
      config: describe(config, CONFIG_TYPE),
      layers: layers.map((layer) => describe(layer, LAYER_TYPE)),
    });
    const image = { repository, digest: sha256(bytes), bytes, blobs: [config, ...layers] };
    const tag = this.#tags.get(key) ?? { repository, acknowledged: null, asked: undefined };
    this.#tags.set(key, tag);
    for (;;) {
      for (const blob of image.blobs) await this.#offerBlob(repository, blob);
      tag.asked = image.digest;
      const path = `/v2/${repository}/manifests/${key.split(':').at(-1)}`;
      const headers = { 'content-type': OCI_IMAGE_MANIFEST };
      const answer = await this.#send('PUT', path, { headers, body: bytes });
      // The blob was collected as garbage, so push it again.
      if (answer.codes.includes('MANIFEST_BLOB_UNKNOWN')) continue;
      expectUploadStatus(answer, 201);
      break;
    }
    this.#images.set(imageKey(image), image);
    this.#fresh.push(imageKey(image));
    this.tally[tag.acknowledged ? 'moves' : 'pushes'] += 1;
    settle(tag, image.digest);
  }

  async #offerBlob(repository: string, blob: Buffer): Promise<void> {
    const digest = sha256(blob);
    if ((await this.#send('HEAD', `/v2/${repository}/blobs/${digest}`)).status === 200) return;
    const answer = await (randomInt(2) === 0
      ? this.uploads.push((...args) => this.#send(...args), repository, blob)
      : this.#pushWhole(repository, blob));
    if (answer.status === 503) return this.#offerBlob(repository, blob);
    expectUploadStatus(answer, 201);
  }

  async #pushWhole(repository: string, blob: Buffer): Promise<Answer> {
    const begun = await this.#send('POST', `/v2/${repository}/blobs/uploads/`);
    expectUploadStatus(begun, 202);
    return this.#send('PUT', `${begun.headers.location}?digest=${sha256(blob)}`, { body: blob });
  }

  async #deleteTag(key: string, tag: TagState): Promise<void> {
    tag.asked = null;
    const path = `/v2/${tag.repository}/manifests/${key.split(':').at(-1)}`;
    expectUploadStatus(await this.#send('DELETE', path), 202);
    settle(tag, null);
    this.tally.deletes += 1;
  }

  /** Also deletes this client's tags of the manifest. Other clients never tag it. */
  async #deleteManifest(clientId: number, { repository, acknowledged: digest }: TagState): Promise<void> {
    const named = [...this.#tags].filter(
      ([key, tag]) => key.startsWith(`${repository}:c${clientId}-`) && tag.acknowledged === digest,
    );
    for (const [, tag] of named) tag.asked = null;
    this.#images.delete(imageKey({ repository, digest: digest ?? '' }));
    expectUploadStatus(await this.#send('DELETE', `/v2/${repository}/manifests/${digest}`), 202);
    for (const [, tag] of named) settle(tag, null);
    this.tally.deletes += 1;
  }

  async #send(...args: Parameters<RawClient['send']>): Promise<Answer> {
    try {
      return await this.#client.send(...args);
    } catch (error) {
      this.#isStopped = true;
      throw new Gone('the server died', { cause: error });
    }
  }

  /** Runs after a restart. `all` checks every acknowledged image instead of only the latest and a sample. */
  async check({ all }: { all: boolean }): Promise<void> {
    for (const [key, tag] of this.#tags) {
      const { status, headers } = await this.#client.send(
        'HEAD',
        `/v2/${tag.repository}/manifests/${key.split(':').at(-1)}`,
      );
      const found = status === 200 ? String(headers['docker-content-digest']) : null;
      const allowed = tag.asked === undefined ? [tag.acknowledged] : [tag.acknowledged, tag.asked];
      if ((status !== 200 && status !== 404) || !allowed.includes(found)) {
        throw new Error(`${key} points to ${found} (status ${status}) instead of one of ${allowed.join(', ')}`);
      }
      settle(tag, found);
    }
    const keys = [...this.#images.keys()];
    const some = Array.from({ length: Math.min(10, keys.length) }, () => keys[randomInt(keys.length)] ?? '');
    for (const key of new Set(all ? keys : [...this.#fresh, ...some])) {
      const image = this.#images.get(key);
      if (image) await this.#checkImage(image);
    }
    this.#fresh = [];
    await this.uploads.resumeAll(this.#client);
  }

  async #checkImage({ repository, digest, bytes, blobs }: Image): Promise<void> {
    const manifest = await this.#client.send('GET', `/v2/${repository}/manifests/${digest}`);
    expectUploadStatus(manifest, 200);
    if (manifest.body.toString() !== bytes) throw new Error(`${digest} differs from the pushed bytes`);
    for (const blob of blobs) {
      const answer = await this.#client.send('GET', `/v2/${repository}/blobs/${sha256(blob)}`);
      expectUploadStatus(answer, 200);
      if (!answer.body.equals(blob)) throw new Error(`${sha256(blob)} differs from the pushed bytes`);
    }
    this.tally.checked += 1;
  }

  async deleteAll(): Promise<void> {
    for (const { repository, digest } of this.#images.values()) {
      expectUploadStatus(await this.#client.send('DELETE', `/v2/${repository}/manifests/${digest}`), 202);
    }
    this.#images.clear();
  }
}

function settle(tag: TagState, state: string | null): void {
  tag.acknowledged = state;
  tag.asked = undefined;
}

function imageKey({ repository, digest }: Pick<Image, 'repository' | 'digest'>): string {
  return `${repository}@${digest}`;
}
