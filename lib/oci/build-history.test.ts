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
])('%j was %j in the Dockerfile', (createdBy, instruction) => {
  expect(toInstruction(createdBy)).toBe(instruction);
});

test('layers go to the instructions that are not empty, in order', () => {
  const { steps, isMatched } = matchHistory([entry('COPY a /'), entry('ENV A=1', true), entry('COPY b /')], ['1', '2']);
  expect(isMatched).toBe(true);
  expect(steps.map(({ instruction, layer, isEmpty }) => [instruction, layer, isEmpty])).toEqual([
    ['COPY a /', '1', false],
    ['ENV A=1', null, true],
    ['COPY b /', '2', false],
  ]);
});

test.each([
  ['fewer', [entry('COPY a /')]],
  ['more', [entry('a'), entry('b'), entry('c')]],
  ['only empty ones', [entry('a', true), entry('b', true)]],
])('a history of %s keeps every layer, and puts none beside an instruction', (_what, history) => {
  const { steps, isMatched } = matchHistory(history, ['1', '2']);
  expect(isMatched).toBe(false);
  expect(steps.slice(0, history.length).every(({ layer }) => layer === null)).toBe(true);
  expect(steps.slice(history.length).map(({ layer }) => layer)).toEqual(['1', '2']);
});

test('an image without a history has its layers', () => {
  const { steps, isMatched } = matchHistory([], ['1']);
  expect([steps.map(({ layer, instruction }) => [layer, instruction]), isMatched]).toEqual([[['1', '']], true]);
});

test('what is broken in a config hides nothing else of it', () => {
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

test('a config of more values than can be judged quickly is none', () => {
  const dense = (count: number) => Buffer.from(JSON.stringify({ os: 'linux', x: new Array(count).fill(0) }));
  expect(parseImageConfig(dense(19_000))).toMatchObject({ os: 'linux' });
  expect(parseImageConfig(dense(20_001))).toBeNull();
});

test.each(['', '[]', 'null', '{', '"x"', '\ufeff{}x'])('%j is no config', (text) => {
  expect(parseImageConfig(Buffer.from(text))).toBeNull();
});
