// The workloads, the same for every registry.
import { expectStatus, ImageMaker, pushImage, type Image } from './contents.ts';
import { HttpSocket } from './http-socket.ts';
import type { Operation } from './load.ts';
import type { Peer } from './start-peers.ts';

const ACCEPT = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
const MB = 1_000_000;
/** The layer of the image whose manifest is read. */
const SMALL_LAYER_BYTES = 4_096;
/** Its repository, without the owner. */
export const SMALL_IMAGE = `pulls/of-${SMALL_LAYER_BYTES}`;

/** A registry with content. */
export type Target = Peer & {
  images: Map<number, Image>;
  pullHeaders: Headers;
  pushHeaders: (name: string) => Headers;
};
type Headers = Record<string, string>;

/** Fixed numbers of operations. */
export type Operations = { warmUp: number; measured: number };

export type Workload = {
  name: string;
  /** Bytes per operation. 0 reports operations per second instead. */
  bytes: number;
  /** Null runs for a fixed time. */
  operations: Operations | null;
  /** Runs before the measurement. */
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
  const tokens = new Map<string, Headers>();
  const images = new Map<number, Image>();
  const socket = await HttpSocket.open(peer.host);
  try {
    for (const bytes of [SMALL_LAYER_BYTES, ...SIZES.map((size) => size.bytes)]) {
      const name = `pulls/of-${bytes}`;
      const headers = await askToken(peer, 'pull,push', [name]);
      const image = new ImageMaker(bytes).make();
      await pushImage(socket, image, { repository: peer.prefix + name, tag: 'latest', headers });
      tokens.set(name, headers);
      images.set(bytes, image);
    }
  } finally {
    socket.close();
  }
  for (let n = 0; n < PUSHED_REPOSITORIES; n += 1) {
    tokens.set(pushedName(n), await askToken(peer, 'pull,push', [pushedName(n)]));
  }
  const pulled = isPrivate ? [...images.keys()].map((bytes) => `pulls/of-${bytes}`) : [SMALL_IMAGE];
  const pullHeaders = await askToken({ ...peer, isAnonymous: !isPrivate }, 'pull', pulled);
  return { ...peer, images, pullHeaders, pushHeaders: (name) => tokens.get(name) ?? {} };
}

/**
 * Gets a token like docker: with an account, or anonymously for a public image. Registries without accounts need none.
 */
async function askToken(peer: Peer & { isAnonymous?: boolean }, actions: string, names: string[]): Promise<Headers> {
  if (peer.secret === null) return {};
  const scopes = names.map((name) => ['scope', `repository:${peer.prefix}${name}:${actions}`]);
  const query = new URLSearchParams(scopes).toString();
  const authorization = `Basic ${Buffer.from(`token:${peer.secret}`).toString('base64')}`;
  const response = await fetch(`http://${peer.host}/token?${query}`, {
    headers: peer.isAnonymous ? {} : { authorization },
  });
  const { token } = (await response.json()) as { token: string };
  return { Authorization: `Bearer ${token}` };
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
  ...SIZES.map(({ megabytes, bytes }) => ({
    ...read(`pull ${megabytes} MB`, 'GET', ({ layer }) => `blobs/${layer.digest}`, { imageBytes: bytes }),
    bytes,
  })),
  ...SIZES.map(({ megabytes, bytes }) => push(`push ${megabytes} MB`, bytes, PUSHES[megabytes])),
];

/** Operations that must be about as fast in a private repository. */
export const PRIVATE_WORKLOADS = WORKLOADS.filter(({ name }) =>
  ['GET manifest by tag', 'GET manifest by digest', 'GET small blob', 'pull 10 MB'].includes(name),
);

/** Operations on the bytes of blobs. */
export const SEALED_WORKLOADS = WORKLOADS.filter(({ name, bytes }) => bytes > 0 || name === 'GET small blob');

/** Operations that could slow down as a repository or the site grows. A missing tag is never cached. */
export const GROWTH_WORKLOADS: Workload[] = [
  read('HEAD manifest by tag', 'HEAD', () => 'manifests/latest'),
  read('GET manifest by digest', 'GET', ({ manifest }) => `manifests/${manifest.digest}`),
  read('GET of a missing tag', 'GET', (_, turn) => `manifests/none-${turn}`, { status: 404 }),
  read('list 100 tags', 'GET', (_, turn) => `tags/list?n=100&last=v${turn % 1_000}`),
  push('push 1 MB', MB, PUSHES[1], SMALL_IMAGE),
];

/** `anonymous`: with a token for nobody, as docker pulls public images. */
type ReadOptions = { imageBytes?: number; status?: number; as?: 'anonymous' | 'nobody' | 'user' };

function read(
  name: string,
  method: 'GET' | 'HEAD',
  path: (image: Image, turn: number) => string,
  { imageBytes = SMALL_LAYER_BYTES, status = 200, as = 'anonymous' }: ReadOptions = {},
): Workload {
  const prepare = (target: Target): Operation => {
    const image = target.images.get(imageBytes);
    if (!image) throw new Error('image not pushed');
    const token = { anonymous: target.pullHeaders, nobody: {}, user: target.pushHeaders(SMALL_IMAGE) }[as];
    const headers = { Accept: ACCEPT, ...token };
    const expectedBytes = sizeOf(image, method, path(image, 0));
    let turn = 0;
    return async (socket) => {
      turn += 1;
      const asked = `/v2/${target.prefix}pulls/of-${imageBytes}/${path(image, turn)}`;
      const answer = await socket.ask({ method, path: asked, headers });
      expectStatus(answer.status, status, `${method} ${asked}`);
      if (status === 200 && expectedBytes !== null && answer.bodyBytes !== expectedBytes) {
        throw new Error(`received ${answer.bodyBytes} bytes instead of ${expectedBytes}`);
      }
    };
  };
  return { name, bytes: 0, operations: null, prepare };
}

/** Null when unknown in advance. */
function sizeOf({ layer, manifest }: Image, method: 'GET' | 'HEAD', path: string): number | null {
  if (method === 'HEAD') return 0;
  if (path.startsWith('manifests/')) return manifest.sizeBytes;
  return path.startsWith('blobs/') ? layer.sizeBytes : null;
}

/** Pushes to one repository, or spreads connections over repositories like many publishers. */
function push(name: string, bytes: number, operations: Operations, repository?: string): Workload {
  const prepare = (target: Target): Operation => {
    const maker = new ImageMaker(bytes);
    const images = Array.from({ length: operations.warmUp + operations.measured }, () => maker.make());
    let turn = 0;
    return async (socket) => {
      const image = images[turn];
      if (!image) throw new Error('no image left to push');
      turn += 1;
      const into = repository ?? pushedName(turn % PUSHED_REPOSITORIES);
      const headers = target.pushHeaders(into);
      await pushImage(socket, image, { repository: target.prefix + into, tag: `${bytes}-${turn}`, headers });
    };
  };
  return { name, bytes, operations, prepare };
}

function pushedName(n: number): string {
  return `pushes/to-${n}`;
}
