// Every operation with wrong input of every kind that its shape allows to derive. All of it is refused with 400 and the
// right type, and stores nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { countRows } from '#lib/testing/count-rows.sql.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import { sendRawCall, type RawAnswer } from '#lib/testing/aws/send-raw-call.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import type { CreatedAccessKey } from '#lib/identity/access-keys/insert-access-key.ts';
import type { AwsOperation } from './define-operations.ts';
import { AWS_OPERATIONS } from './operations.ts';
import type { ValueFacts } from './values.ts';

const AT_ONCE = 12;
const [WRONG_TYPE, WRONG_VALUE] = ['SerializationException', 'InvalidParameterException'] as const;
const NAME = 'hostile/app';

let vitrine: TestApp;
let key: CreatedAccessKey;

beforeAll(async () => {
  vitrine = await createTestApp();
  const user = await vitrine.createUser();
  key = await createTestKey(vitrine, user);
  await createRepository(vitrine.app, { caller: user.caller, alias: user.alias, name: NAME, visibility: 'private' });
  await createRepository(vitrine.app, { caller: user.caller, alias: user.alias, name: `${NAME}-public` });
});
afterAll(() => vitrine.close());

type Case = { path: string; body: string | Uint8Array<ArrayBuffer>; type: typeof WRONG_TYPE | typeof WRONG_VALUE };
type Value = { path: string[]; wrong: unknown; type: Case['type'] };

const unwrap = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
const factsOf = (schema: z.ZodType): Partial<ValueFacts> => (schema.meta() ?? {}) as Partial<ValueFacts>;
const membersOf = (schema: z.ZodType): [string, z.ZodType][] =>
  schema instanceof z.ZodObject ? (Object.entries(schema.shape) as [string, z.ZodType][]) : [];

const TEXTS = [
  ...[NAME, 'a', '123456789012', `sha256:${'0'.repeat(64)}`, '0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b'],
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/hostile-abcdef',
  'arn:aws:iam::123456789012:role/hostile',
  'arn:aws:signer:eu-central-1:123456789012:/signing-profiles/hostile',
];

/** A value that the schema takes. */
function sample(outer: z.ZodType): unknown {
  const schema = unwrap(outer);
  const { kind, item, min = 1 } = factsOf(schema);
  if (kind === 'text') return [...TEXTS, 'x'.repeat(min)].find((text) => schema.safeParse(text).success) ?? '';
  if (kind === 'whole') return min;
  if (kind === 'blob') return 'YQ==';
  if (kind === 'list' && item) return Array.from({ length: Math.max(min, 1) }, () => sample(item));
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodBoolean) return false;
  return Object.fromEntries(membersOf(schema).map(([name, member]) => [name, sample(member)]));
}

/** Wrong values for the schema's place, and for all places below it. */
function* wrongValues(outer: z.ZodType, path: string[]): Generator<Value> {
  const schema = unwrap(outer);
  const { kind, item, min, max } = factsOf(schema);
  const value = (...wrong: unknown[]) => wrong.map((one) => ({ path, wrong: one, type: WRONG_VALUE }));
  const type = (...wrong: unknown[]) => wrong.map((one) => ({ path, wrong: one, type: WRONG_TYPE }));
  const isRequired = !outer.safeParse(undefined).success;
  if (path.length > 0 && isRequired) yield* value(undefined, null);
  if (kind === 'text') {
    yield* type(42, {}, 'a\0b', '\ud800');
    if (max !== undefined) yield* value('a'.repeat(max + 1));
    if (min) yield* value('a'.repeat(min - 1));
    yield* ['Ä b', '../..'].filter((text) => !schema.safeParse(text).success).flatMap((text) => value(text));
  } else if (kind === 'whole') {
    yield* type('1', {}, 1.5, 2 ** 60);
    if (min !== undefined) yield* value(min - 1);
    if (max !== undefined) yield* value(max + 1);
  } else if (kind === 'blob') {
    yield* type(1, '!', 'YQ=a');
  } else if (kind === 'list' && item) {
    yield* type('a', {});
    if (min) yield* value([]);
    if (max !== undefined) yield* value(Array.from({ length: max + 1 }, () => sample(item)));
    yield* wrongValues(item, [...path, '0']);
  } else if (schema instanceof z.ZodEnum) {
    yield* value('NONE', 'toString');
  } else if (schema instanceof z.ZodBoolean) {
    yield* type('true', 1);
  } else if (schema instanceof z.ZodObject) {
    if (path.length > 0) yield* type('a', 1);
    for (const [name, member] of membersOf(schema)) yield* wrongValues(member, [...path, name]);
  }
}

function withValue(from: unknown, [name, ...rest]: string[], wrong: unknown): unknown {
  if (name === undefined) return wrong;
  if (Array.isArray(from))
    return (from as unknown[]).map((item, i) => (String(i) === name ? withValue(item, rest, wrong) : item));
  const members = from as Record<string, unknown>;
  return { ...members, [name]: withValue(members[name], rest, wrong) };
}

function casesOf({ name: operation, shape }: AwsOperation): Case[] {
  const valid = sample(shape.input);
  const derived = [...wrongValues(shape.input, [])].map(({ path, wrong, type }) => {
    return {
      path: `${path.join('.')} = ${JSON.stringify(wrong)?.slice(0, 40)}`,
      body: JSON.stringify(withValue(valid, path, wrong)),
      type,
    };
  });
  return [...derived, ...DOCUMENTS, ...(GET_LARGE.includes(operation) ? [LARGE] : [])];
}

const DOCUMENTS: Case[] = [
  { path: 'no object', body: '[]', type: WRONG_TYPE },
  { path: 'text', body: '"a"', type: WRONG_TYPE },
  { path: 'no JSON', body: '{"a":', type: WRONG_TYPE },
  { path: 'no UTF-8', body: new Uint8Array([0xff, 0xfe, 0x7b]), type: WRONG_TYPE },
  { path: 'deep', body: `{"a":${'['.repeat(15_000)}${']'.repeat(15_000)}}`, type: WRONG_TYPE },
  { path: 'deeper', body: '['.repeat(30_000), type: WRONG_TYPE },
  { path: 'many values', body: `{"a":[${'1,'.repeat(25_000)}1]}`, type: WRONG_TYPE },
  { path: 'unstorable in an unknown member', body: '{"none":"\\u0000"}', type: WRONG_TYPE },
];

/** Not of every operation, because it takes long. Bodies with content may be larger. */
const LARGE: Case = { path: 'large', body: new Uint8Array(1024 * 1024 + 1), type: WRONG_VALUE };
const GET_LARGE = ['BatchDeleteImage', 'DescribeRepositories', 'TagResource'];

const OPERATIONS = [...AWS_OPERATIONS.values()];

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const takeTurns = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
}

const readState = async () => ({
  ...(await readStoredState(vitrine.app)),
  ...(await countRows(vitrine.app.pool, { without: ['audit_events'] })),
});

test('each operation has valid input to start from', () => {
  const failed = OPERATIONS.filter(({ shape }) => !shape.input.safeParse(sample(shape.input)).success);
  expect(failed.map(({ name }) => name)).toEqual([]);
});

describe('hostile input', { timeout: 180_000 }, () => {
  test('is refused by its right name, and stores nothing', async () => {
    const before = await readState();
    const wrong: string[] = [];
    let sent = 0;
    const all = OPERATIONS.flatMap((operation) => casesOf(operation).map((one) => ({ operation, ...one })));
    await inTurns(all, async ({ operation: { service, name }, path, body, type }) => {
      if (service === 'sts') return;
      const answer = await sendRawCall(vitrine.url, key, { service, name, body });
      sent += 1;
      const isExpected = answer.status === 400 && answer.body.__type === type && answer.body.message;
      if (!isExpected) wrong.push(`${service}:${name} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    });
    expect(wrong).toEqual([]);
    expect(sent).toBeGreaterThan(1_500);
    expect(await readState()).toEqual(before);
  });

  test('of the right shape gets an answer or a typed refusal, never a fault', async () => {
    const strange = ['\u202e', '\uffff', '💥'.repeat(50), "'; DROP TABLE tags; --", '%00', '${jndi:x}', '../../etc'];
    const wrong: string[] = [];
    const note = (what: string, { status, body }: RawAnswer) => {
      if (status === 200 || (status === 400 && body.__type)) return;
      wrong.push(`${what}: ${status} ${JSON.stringify(body)}`);
    };
    const all = OPERATIONS.flatMap((operation) => {
      const valid = sample(operation.shape.input) as Record<string, unknown>;
      const texts = membersOf(operation.shape.input).filter(([, member]) => factsOf(unwrap(member)).kind === 'text');
      return texts.flatMap(([member, schema]) =>
        strange
          .filter((text) => schema.safeParse(text).success)
          .map((text) => ({ operation, member, body: JSON.stringify({ ...valid, [member]: text }) })),
      );
    });
    await inTurns(all, async ({ operation: { service, name }, member, body }) => {
      if (service !== 'sts') note(`${name}.${member}`, await sendRawCall(vitrine.url, key, { service, name, body }));
    });
    expect(wrong).toEqual([]);
  });
});
