// The worked examples of docs/lifecycle.md, and a comparison with an evaluator that keeps lists.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJudge, type JudgedImage } from './judge-images.ts';
import { readLifecyclePolicy, type LifecyclePolicy, type LifecycleRule } from './schema.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-12-01T00:00:00Z');

type Named = JudgedImage & { name: string };
type Traits = { tags?: string[]; pulled?: number; archived?: number; isListed?: boolean };

/** `age` and the times of `Traits` are days ago. */
function image(name: string, age: number, { tags = [], pulled, archived, isListed = false }: Traits = {}): Named {
  const ago = (days: number) => NOW - days * DAY_MS;
  return {
    name,
    tags,
    since: ago(age),
    pulledAt: pulled === undefined ? null : ago(pulled),
    archivedAt: archived === undefined ? null : ago(archived),
    isListed,
  };
}

type RuleText = { status?: string; count: string; to?: 'archive'; storageClass?: string };

/** Builds a rule from `tagged v* count>2`, `any pushed>30`, `untagged pushed>7`. */
function rule(rulePriority: number, text: string): object {
  const { status, count, to, storageClass } = parseRule(text);
  const [type = '', number = ''] = count.split('>');
  const countType = {
    count: 'imageCountMoreThan',
    pushed: 'sinceImagePushed',
    pulled: 'sinceImagePulled',
    transitioned: 'sinceImageTransitioned',
  }[type];
  const [tagStatus, patterns] = (status ?? '').split(' ');
  const [kind, list] = (patterns ?? '').split('=');
  return {
    rulePriority,
    selection: {
      tagStatus,
      ...(list && { [kind === 'prefix' ? 'tagPrefixList' : 'tagPatternList']: list.split(',') }),
      ...(storageClass && { storageClass }),
      countType,
      ...(type !== 'count' && { countUnit: 'days' }),
      countNumber: Number(number),
    },
    action: to ? { type: 'transition', targetStorageClass: to } : { type: 'expire' },
  };
}

function parseRule(text: string): RuleText {
  const [left = '', to] = text.split(' -> ');
  const words = left.split(' ');
  const count = words.pop() ?? '';
  const isArchive = words.at(-1) === 'archive';
  if (isArchive) words.pop();
  const [tagStatus = '', list] = words;
  const status = list ? `${tagStatus} ${list.includes('=') ? list : `pattern=${list}`}` : tagStatus;
  return { status, count, ...(to === 'archive' && { to }), ...(isArchive && { storageClass: 'archive' }) };
}

function policyOf(rules: Record<number, string>): LifecyclePolicy {
  const text = JSON.stringify({ rules: Object.entries(rules).map(([priority, line]) => rule(Number(priority), line)) });
  const read = readLifecyclePolicy(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.policy;
}

/** Names of images with the priority of the rule that takes them, `archive`, and what keeps them. */
function judgeAll(images: Named[], policy: LifecyclePolicy, protectedTags: string[] = []): Record<string, string> {
  const { judge } = createJudge({ policy, protectedTags, now: NOW });
  const verdicts: Record<string, string> = {};
  for (const each of images.toSorted((a, b) => b.since - a.since)) {
    const verdict = judge(each);
    if (!verdict) continue;
    const words = [verdict.rulePriority, verdict.action === 'transition' && 'archive', verdict.heldBy];
    verdicts[each.name] = words.filter(Boolean).join(' ');
  }
  return verdicts;
}

const t = (...tags: string[]) => ({ tags });
const rel = [image('a', 80, t('rel-1', 'ci-9')), image('b', 70, t('ci-1'))];
const ci = [...rel, image('c', 60, t('ci-2')), image('d', 1, t('ci-3'))];
const children = [image('amd', 50, { isListed: true }), image('arm', 50, { isListed: true })];
const latest = [image('a', 90, t('latest', 'v1')), image('b', 80, t('v2')), image('c', 70, t('latest-old'))];
const web = [
  image('a', 50, t('web-eu')),
  image('b', 50, t('web', 'eu-1')),
  image('c', 50, t('web-1', 'x-eu')),
  image('d', 50, t('api-eu')),
];

const EXAMPLES: [string, Named[], Record<number, string>, Record<string, string>][] = [
  [
    'keeps the newest two',
    [image('a', 40, t('v1')), image('b', 20, t('v2')), image('c', 3, t('v3', 'latest'))],
    { 1: 'tagged v* count>2' },
    { a: '1' },
  ],
  [
    'keeps what is exactly as old',
    [image('a', 31, t('v1')), image('b', 30, t('v2')), image('c', 29, t('v3'))],
    { 1: 'tagged v* pushed>30' },
    { a: '1' },
  ],
  [
    'takes old untagged images',
    [image('a', 9), image('b', 2), image('c', 90, t('dev-1'))],
    { 1: 'untagged pushed>7' },
    { a: '1' },
  ],
  ['requires all patterns, each by any tag', web, { 1: 'tagged web*,*eu pushed>10' }, { a: '1', c: '1' }],
  [
    'protects what an earlier rule has seen',
    [
      image('a', 100, t('rel-1')),
      image('b', 60, t('rel-2')),
      image('c', 20, t('rel-3')),
      image('d', 50, t('ci-1')),
      image('e', 5, t('ci-2')),
    ],
    { 10: 'tagged rel* count>5', 20: 'any pushed>30' },
    { d: '20' },
  ],
  ['applies rules by priority', ci, { 1: 'tagged rel* count>1', 2: 'tagged ci* count>2' }, { b: '2' }],
  ['applies swapped rules', ci, { 1: 'tagged ci* count>2', 2: 'tagged rel* count>1' }, { a: '1', b: '1' }],
  [
    'combines untagged and any',
    [image('a', 10), image('b', 3), image('c', 9, t('t1')), image('d', 2, t('t2'))],
    { 1: 'untagged pushed>5', 2: 'any count>1' },
    { a: '1', c: '2' },
  ],
  [
    'counts what another rule takes',
    [image('a', 10, t('pr-1')), image('b', 9, t('pr-2')), image('c', 8, t('pr-3')), image('d', 7, t('pr-4'))],
    { 1: 'tagged pr-1 pushed>5', 2: 'tagged pr-* count>2' },
    { a: '1', b: '2' },
  ],
  [
    'keeps children of an index',
    [image('idx', 50, t('v1')), ...children, image('orph', 50)],
    { 1: 'untagged pushed>7' },
    { amd: '1 listed', arm: '1 listed', orph: '1' },
  ],
  [
    'takes an index, and its children in the next run',
    [image('idx', 50, t('old-1')), ...children],
    { 1: 'tagged old* pushed>30', 2: 'untagged pushed>7' },
    { idx: '1', amd: '2 listed', arm: '2 listed' },
  ],
  [
    'archives what was not pulled',
    [image('a', 200, { pulled: 10 }), image('b', 200), image('c', 200, { pulled: 120 }), image('d', 20)],
    { 1: 'any pulled>90 -> archive' },
    { b: '1 archive', c: '1 archive' },
  ],
  [
    'expires what was archived long ago',
    [image('a', 500, { archived: 400 }), image('b', 500, { archived: 100 }), image('c', 40), image('d', 10)],
    { 1: 'any pushed>30 -> archive', 2: 'any archive transitioned>365' },
    { a: '2', c: '1 archive' },
  ],
  ['matches a pattern exactly', latest, { 1: 'tagged latest count>1', 2: 'tagged * pushed>30' }, { b: '2', c: '2' }],
  ['matches a prefix', latest, { 1: 'tagged prefix=latest count>1', 2: 'tagged * pushed>30' }, { a: '1', b: '2' }],
  // Beyond the documented ones.
  [
    'expires what was not pulled',
    [image('a', 200, { pulled: 10 }), image('b', 200), image('c', 200, { pulled: 120 })],
    { 1: 'any pulled>90' },
    { b: '1', c: '1' },
  ],
];

test.each(EXAMPLES)('%s', (_what, images, rules, expected) => {
  expect(judgeAll(images, policyOf(rules))).toEqual(expected);
});

test('children do not count as images of their own', () => {
  const images = [image('new', 1, t('v2')), image('amd', 1, { isListed: true }), image('old', 2, t('v1'))];
  expect(judgeAll(images, policyOf({ 1: 'any count>2' }))).toEqual({});
  expect(judgeAll(images, policyOf({ 1: 'any count>1' }))).toEqual({ old: '1' });
});

test('keeps images with a protected tag, which still count', () => {
  const images = [image('a', 40, t('v1', 'keep-1')), image('b', 20, t('v2')), image('c', 3, t('v3'))];
  const policy = policyOf({ 1: 'tagged v* count>1' });
  expect(judgeAll(images, policy, ['keep-*'])).toEqual({ a: '1 protected', b: '1' });
});

/** Evaluates a policy the slow way: with a list and a set per rule. */
function judgeSlowly(images: Named[], policy: LifecyclePolicy): Record<string, string> {
  const taken: Record<string, string> = {};
  const seenBefore = new Set<Named>();
  for (const each of policy.rules) {
    const selected = images.filter((candidate) => isSelectedSlowly(each, candidate));
    const { countType, countNumber } = each.selection;
    const ageOf = (from: number) => (NOW - from) / DAY_MS;
    const oldestFirst = selected.toSorted((a, b) => a.since - b.since);
    const counted = oldestFirst.filter(({ isListed, tags }) => !(isListed && tags.length === 0));
    const due = {
      imageCountMoreThan: () => counted.slice(0, Math.max(0, counted.length - countNumber)),
      sinceImagePushed: () => oldestFirst.filter(({ since }) => ageOf(since) > countNumber),
      sinceImagePulled: () =>
        oldestFirst.filter(({ since, pulledAt }) => ageOf(Math.max(since, pulledAt ?? 0)) > countNumber),
      sinceImageTransitioned: () => oldestFirst.filter(({ archivedAt }) => ageOf(archivedAt ?? NOW) > countNumber),
    }[countType]();
    for (const { name, isListed } of due.filter((candidate) => !seenBefore.has(candidate))) {
      const words = [each.rulePriority, each.action.type === 'transition' && 'archive', isListed && 'listed'];
      taken[name] = words.filter(Boolean).join(' ');
    }
    for (const candidate of selected) seenBefore.add(candidate);
  }
  return taken;
}

function isSelectedSlowly({ selection }: LifecycleRule, { tags, archivedAt }: Named): boolean {
  if ((selection.storageClass ?? 'standard') !== (archivedAt === null ? 'standard' : 'archive')) return false;
  if (selection.tagStatus !== 'tagged') return selection.tagStatus === 'any' || tags.length === 0;
  const toRegExp = (pattern: string) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  const patterns = selection.tagPatternList ?? (selection.tagPrefixList ?? []).map((prefix) => `${prefix}*`);
  return patterns.every((pattern) => tags.some((tag) => toRegExp(pattern).test(tag)));
}

const anyTag = fc.constantFrom('v1', 'v2', 'v2.1', 'dev', 'dev-1', 'latest', 'a.b');
const anyImages = fc
  .array(
    fc.record({
      tags: fc.uniqueArray(anyTag, { maxLength: 3 }),
      pulled: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }),
      archived: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 4 }),
      isListed: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .chain((traits) =>
    // No two are equally old, because their order would be arbitrary.
    fc
      .uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: traits.length, maxLength: traits.length })
      .map((ages) => traits.map((each, i) => image(`image-${i}`, ages[i] ?? 0, each as Traits))),
  );
const anyRule = fc
  .record({
    status: fc.constantFrom('tagged v*', 'tagged *', 'tagged *1,dev*', 'tagged a.*', 'tagged prefix=v2', 'untagged'),
    count: fc.constantFrom('count', 'pushed', 'pulled'),
    number: fc.integer({ min: 1, max: 200 }),
    end: fc.constantFrom('', ' -> archive'),
  })
  .map(
    ({ status, count, number, end }) => `${status} ${count}>${count === 'count' ? (number % 10) + 1 : number}${end}`,
  );
const anyRules = fc.record({
  rules: fc.array(anyRule, { maxLength: 5 }),
  last: fc.constantFrom('any count>3', 'any pushed>100', 'any pulled>50 -> archive'),
  archive: fc.boolean(),
});

test('agrees with the slow evaluator on 200 repositories', () => {
  let takenAtAll = 0;
  const property = fc.property(anyImages, anyRules, (images, { rules, last, archive }) => {
    // A policy has one rule for untagged images and one for each prefix.
    const once = rules.filter((line, i) => {
      const [kind] = line.split(/ (?:count|pushed|pulled)>/);
      return /^tagged [^p]/.test(line) || rules.findIndex((other) => other.startsWith(kind ?? '')) === i;
    });
    const lines = [...(archive ? ['tagged v* archive transitioned>120'] : []), ...once, last];
    const policy = policyOf(Object.fromEntries(lines.map((line, i) => [i + 1, line])));
    const verdicts = judgeAll(images, policy);
    takenAtAll += Object.keys(verdicts).length;
    expect(verdicts).toEqual(judgeSlowly(images, policy));
  });
  fc.assert(property, { numRuns: 200 });
  expect(takenAtAll).toBeGreaterThan(50);
});
