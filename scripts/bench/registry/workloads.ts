// What is measured, each the same for every registry.
import { expectStatus, ImageMaker, pushImage, type Image } from './contents.ts';
import type { HttpSocket } from './http-socket.ts';
import type { Operation } from './load.ts';
import type { Peer } from './start-peers.ts';

const ACCEPT = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
const MB = 1_000_000;
/** The layer of the image whose manifest is asked for. */
const SMALL_LAYER_BYTES = 4_096;

/** A registry with something in it. */
export type Target = Peer & { images: Map<number, Image>; pullHeaders: Headers; pushHeaders: Headers };
type Headers = Record<string, string>;

export type Workload = {
  name: string;
  /** So many bytes are what one operation moves; 0: operations are what is counted. */
  bytes: number;
  /** Null: for as long as the others. */
  operations: number | null;
  /** Made before the time runs. */
  prepare: (target: Target) => Operation;
};

export const SIZES = [1, 10, 100].map((megabytes) => ({ megabytes, bytes: megabytes * MB }));
const PUSHES: Record<number, number> = { 1: 300, 10: 60, 100: 20 };

/** Pushes what the readers read, and gets the tokens that everybody here needs. */
export async function fillTarget(peer: Peer, socket: HttpSocket): Promise<Target> {
  const pushHeaders = await askToken(peer, 'pull,push', 'pushes');
  const target: Target = { ...peer, pushHeaders, pullHeaders: {}, images: new Map() };
  for (const bytes of [SMALL_LAYER_BYTES, ...SIZES.map((size) => size.bytes)]) {
    const image = new ImageMaker(bytes).make();
    target.images.set(bytes, image);
    const headers = await askToken(peer, 'pull,push', `pulls/of-${bytes}`);
    await pushImage(socket, image, { repository: `${peer.prefix}pulls/of-${bytes}`, tag: 'latest', headers });
  }
  return {
    ...target,
    pullHeaders: await askToken({ ...peer, isAnonymous: true }, 'pull', `pulls/of-${SMALL_LAYER_BYTES}`),
  };
}

/** As docker gets one: with an account, or, for a public image, without. Registries without accounts need none. */
async function askToken(peer: Peer & { isAnonymous?: boolean }, actions: string, name: string): Promise<Headers> {
  if (peer.secret === null) return {};
  const scope = encodeURIComponent(`repository:${peer.prefix}${name}:${actions}`);
  const authorization = `Basic ${Buffer.from(`token:${peer.secret}`).toString('base64')}`;
  const response = await fetch(`http://${peer.host}/token?scope=${scope}`, {
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
  ...SIZES.map(({ megabytes, bytes }) => ({
    ...read(`pull ${megabytes} MB`, 'GET', ({ layer }) => `blobs/${layer.digest}`, bytes),
    bytes,
  })),
  ...SIZES.map(({ megabytes, bytes }) => push(`push ${megabytes} MB`, bytes, PUSHES[megabytes] ?? 1)),
];

function read(
  name: string,
  method: 'GET' | 'HEAD',
  path: (image: Image) => string,
  imageBytes = SMALL_LAYER_BYTES,
): Workload {
  const prepare = (target: Target): Operation => {
    const image = target.images.get(imageBytes);
    if (!image) throw new Error('the image was not pushed');
    const asked = {
      ...{ method, headers: { Accept: ACCEPT, ...target.pullHeaders } },
      path: `/v2/${target.prefix}pulls/of-${imageBytes}/${path(image)}`,
    };
    const expectedBytes =
      method === 'HEAD' ? 0 : path(image).startsWith('blobs') ? imageBytes : image.manifest.sizeBytes;
    return async (socket) => {
      const { status, bodyBytes } = await socket.ask(asked);
      expectStatus(status, 200, `${method} ${asked.path}`);
      if (bodyBytes !== expectedBytes) throw new Error(`${bodyBytes} bytes came, not ${expectedBytes}`);
    };
  };
  return { name, bytes: 0, operations: null, prepare };
}

function push(name: string, bytes: number, operations: number): Workload {
  const prepare = (target: Target): Operation => {
    const maker = new ImageMaker(bytes);
    const images = Array.from({ length: operations }, () => maker.make());
    const repository = `${target.prefix}pushes`;
    return async (socket, turn) => {
      const image = images[turn];
      if (!image) throw new Error('more was pushed than was made');
      await pushImage(socket, image, { repository, tag: `${bytes}-${turn}`, headers: target.pushHeaders });
    };
  };
  return { name, bytes, operations, prepare };
}
