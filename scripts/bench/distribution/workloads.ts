// The workloads, the same for every registry.
import { runLoad, type LoadHeaders, type Image, type Operation } from './load.ts';
import type { Peer } from './start-peers.ts';

const ACCEPT = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
const MB = 1_000_000;
/** The layer of the image whose manifest is read. */
const SMALL_LAYER_BYTES = 4_096;
/** Its repository, without the owner. */
export const SMALL_IMAGE = `pulls/of-${SMALL_LAYER_BYTES}`;
/** The load generator replaces it by the number of the operation, modulo 1000. */
const TURN = '{turn}';

/** A registry with content. */
export type Target = Peer & {
  images: Map<number, Image>;
  pullHeaders: LoadHeaders;
  /** The account's secret with each request, which no token exchange precedes. */
  basicHeaders: LoadHeaders;
  pushHeaders: (name: string) => LoadHeaders;
};

/** Fixed numbers of operations. */
export type Operations = { warmUp: number; measured: number };

export type Workload = {
  name: string;
  /** Bytes per operation. 0 reports operations per second instead. */
  bytes: number;
  /** Null runs for a fixed time. */
  operations: Operations | null;
  prepare: (target: Target) => Operation;
};

export const SIZES = ([1, 10, 100] as const).map((megabytes) => ({ megabytes, bytes: megabytes * MB }));
/** The first pushes cost twice as much, until the JIT compiler is done with them. */
const PUSHES = {
  1: { warmUp: 1000, measured: 1200 },
  10: { warmUp: 10, measured: 60 },
  100: { warmUp: 10, measured: 20 },
} satisfies Record<number, Operations>;
const PUSHED_REPOSITORIES = 10;

/** Pushes what readers pull, and gets all tokens. Readers are anonymous unless the images will be private. */
export async function fillTarget(peer: Peer, { isPrivate = false } = {}): Promise<Target> {
  const tokens = new Map<string, LoadHeaders>();
  const images = new Map<number, Image>();
  for (const bytes of [SMALL_LAYER_BYTES, ...SIZES.map((size) => size.bytes)]) {
    const name = `pulls/of-${bytes}`;
    const headers = await askToken(peer, 'pull,push', [name]);
    images.set(bytes, await pushOne(peer, { bytes, name, headers }));
    tokens.set(name, headers);
  }
  for (let n = 0; n < PUSHED_REPOSITORIES; n += 1) {
    tokens.set(pushedName(n), await askToken(peer, 'pull,push', [pushedName(n)]));
  }
  const pulled = isPrivate ? [...images.keys()].map((bytes) => `pulls/of-${bytes}`) : [SMALL_IMAGE];
  const pullHeaders = await askToken({ ...peer, isAnonymous: !isPrivate }, 'pull', pulled);
  const basicHeaders = peer.secret === null ? {} : toBasic(peer.secret);
  return { ...peer, images, pullHeaders, basicHeaders, pushHeaders: (name) => tokens.get(name) ?? {} };
}

/** Pushes an image to `name:latest`. */
export async function pushOne(
  { host, prefix }: Peer,
  { bytes, name, headers }: { bytes: number; name: string; headers: LoadHeaders },
): Promise<Image> {
  const repositories = [{ name: prefix + name, headers }];
  const push = { layerBytes: bytes, repositories, tag: 'latest', isStreamed: false };
  const { lastImage } = await runLoad(host, { push }, { connections: 1, maxOperations: 1 });
  if (!lastImage) throw new Error('no image was pushed');
  return lastImage;
}

/**
 * Gets a token like docker: with an account, or anonymously for a public image. Registries without accounts need none.
 */
async function askToken(
  peer: Peer & { isAnonymous?: boolean },
  actions: string,
  names: string[],
): Promise<LoadHeaders> {
  if (peer.secret === null) return {};
  const scopes = names.map((name) => ['scope', `repository:${peer.prefix}${name}:${actions}`]);
  const query = new URLSearchParams(scopes).toString();
  const response = await fetch(`http://${peer.host}/token?${query}`, {
    headers: peer.isAnonymous ? {} : toBasic(peer.secret),
  });
  const { token } = (await response.json()) as { token: string };
  return { Authorization: `Bearer ${token}` };
}

function toBasic(secret: string): LoadHeaders {
  return { Authorization: `Basic ${Buffer.from(`token:${secret}`).toString('base64')}` };
}

export const WORKLOADS: Workload[] = [
  read('HEAD manifest by tag', 'HEAD', () => 'manifests/latest'),
  read('GET manifest by tag', 'GET', () => 'manifests/latest'),
  read('HEAD manifest by digest', 'HEAD', ({ manifest }) => `manifests/${manifest.digest}`),
  read('GET manifest by digest', 'GET', ({ manifest }) => `manifests/${manifest.digest}`),
  read('HEAD blob', 'HEAD', ({ layer }) => `blobs/${layer.digest}`),
  read('GET small blob', 'GET', ({ layer }) => `blobs/${layer.digest}`),
  read('GET manifest without a token', 'GET', () => 'manifests/latest', { as: 'nobody' }),
  read('GET manifest as a user', 'GET', () => 'manifests/latest', { as: 'user' }),
  read('GET manifest with Basic', 'GET', () => 'manifests/latest', { as: 'basic' }),
  ...SIZES.map(({ megabytes, bytes }) => ({
    ...read(`pull ${megabytes} MB`, 'GET', ({ layer }) => `blobs/${layer.digest}`, { imageBytes: bytes }),
    bytes,
  })),
  ...SIZES.map(({ megabytes, bytes }) => push(`push ${megabytes} MB`, bytes, PUSHES[megabytes])),
  ...SIZES.map(({ megabytes, bytes }) =>
    push(`push ${megabytes} MB, streamed`, bytes, PUSHES[megabytes], { isStreamed: true }),
  ),
];

/** Operations that must be about as fast in a private repository. */
export const PRIVATE_WORKLOADS = WORKLOADS.filter(({ name }) =>
  ['GET manifest by tag', 'GET manifest by digest', 'GET manifest with Basic', 'GET small blob', 'pull 10 MB'].includes(
    name,
  ),
);

/** Operations on the bytes of blobs. */
export const SEALED_WORKLOADS = WORKLOADS.filter(({ name, bytes }) => bytes > 0 || name === 'GET small blob');

/** Operations that could slow down as a repository or the site grows. A missing tag is never cached. */
export const GROWTH_WORKLOADS: Workload[] = [
  read('HEAD manifest by tag', 'HEAD', () => 'manifests/latest'),
  read('GET manifest by digest', 'GET', ({ manifest }) => `manifests/${manifest.digest}`),
  read('GET of a missing tag', 'GET', () => `manifests/none-${TURN}`, { status: 404 }),
  read('list 100 tags', 'GET', () => `tags/list?n=100&last=v${TURN}`),
  push('push 1 MB', MB, PUSHES[1], { repository: SMALL_IMAGE }),
];

/** `anonymous`: with a token for nobody, as docker pulls public images. */
type ReadOptions = { imageBytes?: number; status?: number; as?: 'anonymous' | 'nobody' | 'user' | 'basic' };

function read(
  name: string,
  method: 'GET' | 'HEAD',
  path: (image: Image) => string,
  { imageBytes = SMALL_LAYER_BYTES, status = 200, as = 'anonymous' }: ReadOptions = {},
): Workload {
  const prepare = (target: Target): Operation => {
    const image = target.images.get(imageBytes);
    if (!image) throw new Error('image not pushed');
    const { pullHeaders: anonymous, basicHeaders: basic } = target;
    const token = { anonymous, nobody: {}, user: target.pushHeaders(SMALL_IMAGE), basic }[as];
    const asked = `/v2/${target.prefix}pulls/of-${imageBytes}/${path(image)}`;
    const bodyBytes = status === 200 ? sizeOf(image, method, path(image)) : -1;
    return { pull: { method, path: asked, headers: { Accept: ACCEPT, ...token }, status, bodyBytes } };
  };
  return { name, bytes: 0, operations: null, prepare };
}

/** -1: unknown in advance. */
function sizeOf({ layer, manifest }: Image, method: 'GET' | 'HEAD', path: string): number {
  if (method === 'HEAD') return 0;
  if (path.startsWith('manifests/')) return manifest.sizeBytes;
  return path.startsWith('blobs/') ? layer.sizeBytes : -1;
}

/** Pushes to one repository, or spreads connections over repositories like many publishers. */
function push(
  name: string,
  bytes: number,
  operations: Operations,
  { repository, isStreamed = false }: { repository?: string; isStreamed?: boolean } = {},
): Workload {
  const names = repository ? [repository] : Array.from({ length: PUSHED_REPOSITORIES }, (_, n) => pushedName(n));
  const prepare = ({ prefix, pushHeaders }: Target): Operation => {
    const repositories = names.map((each) => ({ name: prefix + each, headers: pushHeaders(each) }));
    return { push: { layerBytes: bytes, repositories, tag: '', isStreamed } };
  };
  return { name, bytes, operations, prepare };
}

function pushedName(n: number): string {
  return `pushes/to-${n}`;
}
