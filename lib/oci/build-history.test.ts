import { expect, test } from 'vitest';
import { matchHistory, toInstruction } from './build-history.ts';
import { parseImageConfig } from './image-config.ts';

const entry = (created_by: string, empty_layer?: boolean) => ({ created_by, empty_layer });

test.each([
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
  ['/bin/sh -c #(nop) ADD file:1 in / ', 'ADD file:1 in /'],
  ['/bin/sh -c apt-get update', 'RUN apt-get update'],
  ['RUN /bin/sh -c apk add curl # buildkit', 'RUN apk add curl'],
  ['RUN |1 V=2 /bin/sh -c make # buildkit', 'RUN make'],
  ['|2 A=1 B=2 /bin/sh -c make all', 'RUN make all'],
  ['COPY a b # buildkit', 'COPY a b'],
  ['CMD ["/app"]', 'CMD ["/app"]'],
  ['bazel build ...', 'bazel build ...'],
  ['', ''],
])('toInstruction turns %j into %j', (createdBy, instruction) => {
  expect(toInstruction(createdBy)).toBe(instruction);
});

test('assigns layers in order to the instructions that changed files', () => {
  const { steps, isMatched } = matchHistory([entry('COPY a /'), entry('ENV A=1', true), entry('COPY b /')], ['1', '2']);
  expect(isMatched).toBe(true);
  expect(steps.map(({ instruction, layer, isEmpty }) => [instruction, layer, isEmpty])).toEqual([
    ['COPY a /', '1', false],
    ['ENV A=1', null, true],
    ['COPY b /', '2', false],
  ]);
});

test.each([
  ['fewer entries', [entry('COPY a /')]],
  ['more entries', [entry('a'), entry('b'), entry('c')]],
  ['only empty entries', [entry('a', true), entry('b', true)]],
])('a history with %s than layers lists all layers without assigning any', (_what, history) => {
  const { steps, isMatched } = matchHistory(history, ['1', '2']);
  expect(isMatched).toBe(false);
  expect(steps.slice(0, history.length).every(({ layer }) => layer === null)).toBe(true);
  expect(steps.slice(history.length).map(({ layer }) => layer)).toEqual(['1', '2']);
});

test('lists the layers of an image without a history', () => {
  const { steps, isMatched } = matchHistory([], ['1']);
  expect([steps.map(({ layer, instruction }) => [layer, instruction]), isMatched]).toEqual([[['1', '']], true]);
});

test('a malformed field does not hide the rest of the config', () => {
  const document = {
    created: 5,
    os: 'linux',
    config: { Env: 'PATH=/', Cmd: ['sh'], Labels: { a: 1 }, ExposedPorts: { '80/tcp': {} } },
    history: [{ created_by: 7, empty_layer: 'yes' }, 'nonsense', { created_by: 'RUN x', created: 'not a date' }],
  };
  const config = parseImageConfig(Buffer.from(JSON.stringify(document)));
  expect(config).toMatchObject({ created: null, os: 'linux', config: { Env: null, Cmd: ['sh'], Labels: null } });
  expect(config?.config?.ExposedPorts).toEqual(['80/tcp']);
  expect(config?.history).toHaveLength(3);
  expect(matchHistory(config?.history ?? [], []).steps.at(-1)).toMatchObject({ instruction: 'RUN x', createdAt: null });
});

test('rejects a config with too many values to validate quickly', () => {
  const dense = (count: number) => Buffer.from(JSON.stringify({ os: 'linux', x: new Array(count).fill(0) }));
  expect(parseImageConfig(dense(19_000))).toMatchObject({ os: 'linux' });
  expect(parseImageConfig(dense(20_001))).toBeNull();
});

test.each(['', '[]', 'null', '{', '"x"', '\ufeff{}x'])('rejects %j as a config', (text) => {
  expect(parseImageConfig(Buffer.from(text))).toBeNull();
});
