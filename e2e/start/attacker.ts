// A client with an account that runs the most expensive requests, concurrently and repeatedly.
import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { OCI_IMAGE_CONFIG, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { blobOf, buildManifest, buildTar } from '#lib/testing/images/build-image.ts';
import { basic } from '#lib/testing/servers/raw-http.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';
import { BrowserSession } from '../browser-session.ts';
import { ROOT } from './site-process.ts';

export type Account = { email: string; password: string; secret: string; alias: string; registryId: string };
export type Attack = (signal: AbortSignal) => Promise<number | string>;

const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const SECTOR = 512;
const ZEROS = 64 * 1024 * 1024;
/** Hits a listing's limit of unpacked bytes, like most bombs. */
const ZEROS_IN_LAYER = 10;
const MANIFEST_BYTES = 4_000_000;
/** The largest accepted number. */
const MAX_LAYERS = 24_000;

let zeros: Buffer | undefined;

/** @param address as the site's proxy reports it */
export async function createAttacks(url: string, address: string, account: Account): Promise<Record<string, Attack>> {
  const { alias, registryId, secret } = account;
  const from = { 'x-forwarded-for': address };
  const api = { ...from, authorization: `Bearer ${secret}` };
  const cookie = await signIn(url, account);
  const action = findAction('previewMarkdown');
  const client = createDistributionClient(url, secret);
  const logo = await largeLogo();
  const send = async (path: string, init: RequestInit) => {
    const response = await fetch(new URL(path, url), init);
    await response.arrayBuffer();
    return response.status;
  };
  const put = (path: string, type: string, body: BodyInit, signal: AbortSignal) => {
    const authorization = path.startsWith('/v2/') ? basic(secret) : api.authorization;
    return send(path, { method: 'PUT', headers: { ...from, authorization, 'content-type': type }, body, signal });
  };
  await pushLarge(client, put, `${alias}/large`);
  return {
    'Markdown preview': (signal) => {
      const headers = { ...from, cookie, 'next-action': action, 'content-type': 'text/plain;charset=UTF-8' };
      return send('/console/new', { method: 'POST', headers, body: JSON.stringify([null, hostileText()]), signal });
    },
    'bomb layer': async (signal) => {
      const bomb = await makeBomb();
      const layer = blobOf(LAYER, bomb);
      const image = buildManifest({ config: blobOf(OCI_IMAGE_CONFIG, '{}'), layers: [layer] });
      await client.push(`${alias}/bombs`, image, ['latest']);
      const pages = Array.from({ length: 3 }, () =>
        send(`/${alias}/bombs/-/layers/${layer.digest}`, { headers: from, signal }),
      );
      return Math.max(...(await Promise.all(pages)));
    },
    'page of a large manifest': (signal) => send(`/${alias}/large/-/tags/deep`, { headers: from, signal }),
    'address of many parameters': (signal) => send(`/?${'a=b&'.repeat(6_000)}`, { headers: from, signal }),
    'action of many values': (signal) => {
      const headers = { ...from, 'next-action': action, 'content-type': 'text/plain;charset=UTF-8' };
      return send('/console/new', { method: 'POST', headers, body: `[${'{},'.repeat(300_000)}{}]`, signal });
    },
    search: (signal) => send(`/search?q=${longQuery()}`, { headers: from, signal }),
    'search by API': (signal) => send(`/api/v1/search?q=${longQuery()}`, { headers: from, signal }),
    logo: (signal) => put(`/api/v1/registries/${registryId}/logo`, 'image/jpeg', new Uint8Array(logo), signal),
    'JSON of many values': (signal) =>
      send(`/api/v1/repositories/${alias}%2Fbombs`, {
        method: 'PATCH',
        headers: { ...api, 'content-type': 'application/json' },
        signal,
        body: `{"operatingSystems":[${'{},'.repeat(125_000)}{}]}`,
      }),
    'manifest of many values': (signal) =>
      put(`/v2/${alias}/bombs/manifests/x`, OCI_IMAGE_MANIFEST, manifestOf('{}', Infinity), signal),
    'manifest of many layers': (signal) =>
      put(`/v2/${alias}/bombs/manifests/x`, OCI_IMAGE_MANIFEST, manifestOf(LAYER_TEXT, MAX_LAYERS), signal),
  };
}

type Put = (path: string, type: string, body: string, signal: AbortSignal) => Promise<number>;

/** Pushes a manifest with tens of thousands of layers, all of them the same blob. */
async function pushLarge(client: DistributionClient, put: Put, name: string): Promise<void> {
  const blob = blobOf(OCI_IMAGE_CONFIG, '{}');
  await client.push(name, buildManifest({ config: blob, layers: [blob] }), ['latest']);
  const text = manifestOf(`{"mediaType":"a/b","digest":"${blob.digest}","size":2}`, MAX_LAYERS, blob.digest);
  const status = await put(`/v2/${name}/manifests/deep`, OCI_IMAGE_MANIFEST, text, new AbortController().signal);
  if (status !== 201) throw new Error(`pushing the large manifest failed: ${status}`);
}

async function signIn(url: string, { email, password }: Account): Promise<string> {
  const browser = new BrowserSession();
  const { text } = await browser.open(`${url}/api/auth/csrf`);
  const { csrfToken } = JSON.parse(text) as { csrfToken: string };
  await browser.open(`${url}/api/auth/callback/credentials`, { csrfToken, email, password });
  const session = browser.cookie(url, 'next-auth.session-token');
  if (!session) throw new Error('signing in failed');
  return `next-auth.session-token=${session}`;
}

/** Finds an action's id in the built pages. */
function findAction(name: string): string {
  const list = readFileSync(join(ROOT, '.next/server/server-reference-manifest.json'), 'utf8');
  const { node } = JSON.parse(list) as { node: Record<string, { exportedName?: string }> };
  const id = Object.keys(node).find((key) => node[key]?.exportedName === name);
  if (!id) throw new Error(`action ${name} not found`);
  return id;
}

/** Unique text that keeps the parser busy until its time limit. */
function hostileText(): string {
  return `${randomUUID()} ${'- >\n'.repeat(6_000)}`;
}

/** A unique file, followed by the zeros that all bombs share. */
async function makeBomb(): Promise<Buffer> {
  zeros ??= gzipSync(Buffer.alloc(ZEROS));
  const tar = await buildTar([{ path: randomUUID(), content: Buffer.alloc(SECTOR) }]);
  const header = tar.subarray(0, SECTOR);
  header.write((ZEROS * ZEROS_IN_LAYER).toString(8).padStart(11, '0'), 124, 'latin1');
  header.write(' '.repeat(8), 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([gzipSync(header), ...Array.from({ length: ZEROS_IN_LAYER }, () => zeros ?? Buffer.alloc(0))]);
}

/** Unknown words that resemble each other. */
function longQuery(): string {
  const word = () => randomBytes(16).toString('hex').replace(/\d/g, 'k').slice(0, 31);
  return Array.from({ length: 6 }, word).join('+');
}

async function largeLogo(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 20 };
  const create = { width: 2_048, height: 2_048, channels: 3 as const, background: '#000', noise };
  return sharp({ create }).jpeg({ quality: 15 }).toBuffer();
}

const ZERO_DIGEST = `sha256:${'0'.repeat(64)}`;
const LAYER_TEXT = `{"mediaType":"a/b","digest":"${ZERO_DIGEST}","size":1}`;

function manifestOf(layer: string, maxLayers: number, config = ZERO_DIGEST): string {
  const length = Math.min(maxLayers, Math.floor(MANIFEST_BYTES / (layer.length + 1)));
  const layers = Array.from({ length }, () => layer).join();
  return `{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"${config}","size":1},"layers":[${layers}]}`;
}
