import { expect, test } from 'vitest';
import { parseImageConfig } from '#lib/oci/image-config.ts';
import type { LayerEntry } from '#lib/distribution/layers/read-tar-entries.ts';
import { compareConfigs } from './compare-configs.ts';
import { compareFiles } from './compare-files.ts';
import { listSideFiles } from './list-side-files.ts';
import { mergeLists } from './merge-lists.ts';
import { parseComparedReference } from './parse-compared-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

const merge = (from: string, to: string) =>
  mergeLists([...from], [...to], (letter) => letter)
    .map(({ side, item }) => ({ both: item, from: `-${item}`, to: `+${item}` })[side])
    .join(' ');

test.each([
  ['abc', 'abd', 'a b -c +d'],
  ['abc', 'bc', '-a b c'],
  ['', 'ab', '+a +b'],
  ['aab', 'ab', 'a -a b'],
  ['xay', 'zaw', '-x +z a -y +w'],
])('merges %s and %s', (from, to, expected) => {
  expect(merge(from, to)).toBe(expected);
});

const configOf = (config: object) => parseImageConfig(Buffer.from(JSON.stringify({ config })));

test('finds settings, variables and labels that differ', () => {
  const from = configOf({
    User: 'root',
    Env: ['A=1', 'B=2', 'A=3', 'C'],
    Labels: { same: 'x', gone: '' },
    ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
  });
  const to = configOf({
    Env: ['A=3', 'B=4', 'C='],
    Labels: { same: 'x', __proto__: 'y' },
    ExposedPorts: { '443/tcp': {}, '80/tcp': {} },
    Cmd: ['sh'],
  });
  expect(compareConfigs(from, to)).toEqual({
    settings: [
      { name: 'User', from: 'root', to: null },
      { name: 'Command', from: null, to: '["sh"]' },
    ],
    environment: [{ name: 'B', from: '2', to: '4' }],
    labels: [{ name: 'gone', from: '', to: null }],
  });
  expect(compareConfigs(null, null)).toEqual({ settings: [], environment: [], labels: [] });
});

test.each([
  ['1.0', { fullName: null, reference: '1.0' }],
  [' v1.0+build ', { fullName: null, reference: 'v1.0_build' }],
  [DIGEST, { fullName: null, reference: DIGEST }],
  ['ada/a/b:1.0', { fullName: 'ada/a/b', reference: '1.0' }],
  [`ada/tools@${DIGEST}`, { fullName: 'ada/tools', reference: DIGEST }],
  ['ada/tools', null],
  ['ada/tools:', null],
  ['ada/tools@1.0', null],
  ['Ada/Tools:1', null],
  ['.hidden', null],
  ['', null],
  [`${'a/'.repeat(200)}b:1`, null],
])('parses the reference %j', (text, expected) => {
  expect(parseComparedReference(text)).toEqual(expected);
});

const EPOCH = new Date(0);

function entry(path: string, more: Partial<LayerEntry> = {}): LayerEntry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const whiteout = name === '.wh..wh..opq' ? 'folder' : name.startsWith('.wh.') ? 'name' : null;
  return {
    path,
    kind: 'file',
    sizeBytes: 1,
    mode: 0o644,
    uid: 0,
    gid: 0,
    modifiedAt: EPOCH,
    target: null,
    whiteout,
    isOdd: false,
    ...more,
  };
}

async function changes(from: LayerEntry[][], to: LayerEntry[][]): Promise<string[]> {
  const { changes: found } = await compareFiles(await listSideFiles(from), await listSideFiles(to));
  return found.map(({ change, path, details }) => [change, path, ...details].join(' '));
}

test('applies layers and compares what is left', async () => {
  const from = [
    [entry('etc', { kind: 'folder' }), entry('etc/a'), entry('etc/b'), entry('var/log/x'), entry('opt/tool/bin')],
    [entry('etc/a', { sizeBytes: 2 }), entry('var/log/.wh..wh..opq'), entry('.wh.opt')],
  ];
  const to = [
    [
      entry('etc', { kind: 'folder', modifiedAt: new Date(5) }),
      entry('etc/a', { sizeBytes: 3, mode: 0o755 }),
      entry('etc/b', { modifiedAt: new Date(5) }),
      entry('new'),
      entry('.wh.old'),
    ],
  ];
  expect(await changes(from, to)).toEqual(
    [
      'changed etc/a size mode',
      'changed etc/b time',
      'added new',
      'removed old',
      // The first image removes it from a shared layer.
      'added opt',
    ].sort((a, b) => ((a.split(' ')[1] ?? '') < (b.split(' ')[1] ?? '') ? -1 : 1)),
  );
});

test('a file that replaces a folder hides what was in it', async () => {
  const layers = [[entry('data', { kind: 'folder' }), entry('data/x')], [entry('data')]];
  expect([...(await listSideFiles(layers)).keys()]).toEqual(['data']);
});

test('an entry that is equal on both sides is no change', async () => {
  const layer = [entry('a'), entry('l', { kind: 'symlink', target: '/a' })];
  expect(await changes([layer], [layer])).toEqual([]);
  expect(await changes([layer], [[entry('a'), entry('l', { kind: 'symlink', target: '/b' })]])).toEqual([
    'changed l target',
  ]);
});

test('bounds what it returns, and leaves out paths that are too deep to check', async () => {
  const many = Array.from({ length: 3_000 }, (_, i) => entry(`f${i}`));
  const { changes: found, counts } = await compareFiles(new Map(), await listSideFiles([many]));
  expect([found.length, counts.added]).toEqual([1_000, 3_000]);
  const deep = entry(`${'d/'.repeat(400)}x`);
  expect(await changes([], [[deep], [entry('.wh.y')]])).toEqual(['removed y']);
});
