import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { createOffload } from '#lib/platform/concurrency/offload.ts';
import { MAX_SHOWN, READERS } from './document-readers.ts';
import { MAX_ANNOTATIONS, toManifestRows } from './manifest-rows.ts';
import { readDocument, type DocumentKind } from './read-document.ts';

const offload = createOffload();
const run = vi.spyOn(offload, 'run');
beforeEach(() => void run.mockClear());
afterAll(() => offload.close());

const encode = (document: unknown) => Buffer.from(JSON.stringify(document));
const descriptor = { mediaType: 'a/b', digest: `sha256:${'0'.repeat(64)}`, size: 1 };
const imageOf = (layers: number, annotations: Record<string, string> = {}) =>
  encode({
    schemaVersion: 2,
    config: descriptor,
    annotations,
    layers: Array.from({ length: layers }, () => descriptor),
  });
const indexOf = (children: number) =>
  encode({
    schemaVersion: 2,
    manifests: Array.from({ length: children }, (_, i) => ({
      ...descriptor,
      mediaType: OCI_IMAGE_MANIFEST,
      digest: `sha256:${String(i).padStart(64, '0')}`,
      platform: { os: 'linux', architecture: `a${i}` },
    })),
  });
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '']));
const configOf = (entries: number) =>
  encode({ os: 'linux', created: '2026-01-02T03:04:05Z', history: Array(entries).fill({}) });

type Row = [what: string, kind: DocumentKind, bytes: Buffer, type: string];

test.each<Row>([
  ['an image', 'pushed', imageOf(127), OCI_IMAGE_MANIFEST],
  ['an index', 'pushed', indexOf(20), OCI_IMAGE_INDEX],
  ['a config', 'facts', configOf(127), ''],
])('%s is parsed on the event loop', async (_what, kind, bytes, type) => {
  expect(await readDocument({ offload }, kind, { bytes, type, key: 'a' })).toEqual(READERS[kind](bytes, type));
  expect(run).not.toHaveBeenCalled();
});

test.each<Row>([
  ['with many layers', 'pushed', imageOf(20_000), OCI_IMAGE_MANIFEST],
  ['with many annotations', 'pushed', imageOf(1, keys(5_000)), OCI_IMAGE_MANIFEST],
  ['with one long string', 'pushed', imageOf(1, { a: 'a'.repeat(1_000_000) }), OCI_IMAGE_MANIFEST],
  ['that is invalid', 'pushed', encode({ schemaVersion: 2, layers: Array(20_000).fill({}) }), OCI_IMAGE_MANIFEST],
  ['from an upstream', 'fetched', indexOf(5_000), OCI_IMAGE_INDEX],
  ['for display', 'shown', indexOf(5_000), OCI_IMAGE_INDEX],
  ['that is a config', 'facts', configOf(6_000), ''],
  ['that is a config and shown', 'config', configOf(6_000), ''],
])('a document %s is parsed on a thread with the same result', async (_what, kind, bytes, type) => {
  expect(await readDocument({ offload }, kind, { bytes, type, key: 'a' })).toEqual(READERS[kind](bytes, type));
  expect(run).toHaveBeenCalledOnce();
});

test('documents for display are cut', () => {
  const many = imageOf(MAX_SHOWN + 1, keys(MAX_SHOWN + 1));
  const { layers, annotations } = READERS.shown(many, OCI_IMAGE_MANIFEST) ?? { layers: [], annotations: {} };
  expect([layers.length, Object.keys(annotations).length]).toEqual([MAX_SHOWN, MAX_SHOWN]);
  expect(READERS.shown(indexOf(MAX_SHOWN + 1), OCI_IMAGE_INDEX)?.children).toHaveLength(MAX_SHOWN);
  expect(READERS.config(configOf(MAX_SHOWN + 1))?.history).toHaveLength(MAX_SHOWN);
});

test('annotations in manifest rows are cut', () => {
  const manifest = READERS.shown(imageOf(1), OCI_IMAGE_MANIFEST);
  if (!manifest) throw new Error('the manifest was not parsed');
  const rows = toManifestRows({ ...manifest, annotations: keys(MAX_ANNOTATIONS + 1) });
  expect(Object.keys(JSON.parse(rows.annotations) as object)).toHaveLength(MAX_ANNOTATIONS);
});

test('documents beyond the queue limit are refused', async () => {
  const bytes = imageOf(20_000);
  const read = async () => readDocument({ offload }, 'pushed', { bytes, type: OCI_IMAGE_MANIFEST, key: 'a' });
  const all = Array.from({ length: 12 }, read);
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(3);
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited' } });
});
