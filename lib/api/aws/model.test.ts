// Holds our operations to the API models: to the schemas of the JavaScript SDK, whose version is pinned, and to
// botocore's model, which has the limits too, where a Python with botocore is installed.
import * as ecrSdk from '@aws-sdk/client-ecr';
import * as ecrPublicSdk from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  findBotocoreModels,
  readBotocoreModel,
  type BotocoreModel,
  type BotocoreShape,
} from '#lib/testing/aws/read-botocore-model.ts';
import { COMMON_ERRORS } from './aws-error.ts';
import type { AwsOperation } from './define-operations.ts';
import { AWS_OPERATIONS } from './operations.ts';
import type { ValueFacts } from './values.ts';

const SERVICES = [
  { service: 'ecr', sdk: ecrSdk, path: 'ecr/2015-09-21' },
  { service: 'ecr-public', sdk: ecrPublicSdk, path: 'ecr-public/2020-10-30' },
] as const;

/** What our model (botocore 1.43.107) has and some older copies of it don't. */
const NEWER = [
  "replicationConfiguration.rules[].deleteReplication isn't in the model",
  'replicationConfiguration.rules must have a maximum of 10, not 25',
  'imageScanStatus.status must not be IMAGE_SIZE_EXCEEDED',
];
const isWrong = (problem: string) => !NEWER.some((known) => problem.endsWith(known));

const operationsOf = (service: string): AwsOperation[] =>
  [...AWS_OPERATIONS.values()].filter((operation) => operation.service === service);
const unwrap = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
const factsOf = (schema: z.ZodType): Partial<ValueFacts> => (schema.meta() ?? {}) as Partial<ValueFacts>;
const membersOf = (schema: z.ZodType): Record<string, z.ZodType> => (schema instanceof z.ZodObject ? schema.shape : {});
const isOptional = (schema: z.ZodType) => schema instanceof z.ZodOptional;

/** A schema of the SDK: a kind, then what it is made of. A structure's required members come first. */
type SdkSchema = readonly unknown[];
const KIND = { list: 1, map: 2, structure: 3, operation: 9 };

const resolve = (ref: unknown): unknown => (typeof ref === 'function' ? resolve((ref as () => unknown)()) : ref);

/** Compares names and required members, all the way down. */
function* compareWithSdk(outer: z.ZodType, ref: unknown, path: string): Generator<string> {
  const schema = unwrap(outer);
  const resolved = resolve(ref);
  // A schema with traits is a pair.
  const sdk = (Array.isArray(resolved) ? resolved : []) as SdkSchema;
  if (sdk[0] === 0 && Array.isArray(resolved)) return;
  if (sdk[0] === KIND.list) {
    const { item } = factsOf(schema);
    if (item) yield* compareWithSdk(item, sdk[4], `${path}[]`);
    else yield `${path} must be a list`;
  }
  if (sdk[0] !== KIND.structure) return;
  const names = (sdk[4] ?? []) as string[];
  const schemas = (sdk[5] ?? []) as unknown[];
  const ours = membersOf(schema);
  const extra = Object.keys(ours).filter((name) => !names.includes(name));
  for (const name of extra) yield `${path}.${name} isn't in the model`;
  for (const [i, name] of names.entries()) {
    const member = ours[name];
    if (!member) yield `${path}.${name} is missing`;
    else {
      const isRequired = i < Number(sdk[6] ?? 0);
      if (isRequired === isOptional(member)) yield `${path}.${name} must be ${isRequired ? 'required' : 'optional'}`;
      yield* compareWithSdk(member, schemas[i], `${path}.${name}`);
    }
  }
}

describe.each(SERVICES)('$service has what the SDK knows', ({ service, sdk }) => {
  const known = Object.values(sdk)
    .filter((value): value is unknown[] => Array.isArray(value) && value[0] === KIND.operation)
    .map(([, , name, , input, output]) => ({ name: String(name), input, output }));

  test('operations', () => {
    expect(known.length).toBeGreaterThan(20);
    expect(
      operationsOf(service)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(known.map(({ name }) => name).sort());
  });

  test.each(operationsOf(service))('$name', ({ name, shape }) => {
    const { input, output } = known.find((one) => one.name === name) ?? {};
    const problems = [
      ...compareWithSdk(shape.input, input, 'input'),
      ...compareWithSdk(shape.output, output, 'output'),
    ];
    expect(problems.filter(isWrong)).toEqual([]);
  });
});

const folder = findBotocoreModels();
const title = folder ? '' : ' (left out: no Python with botocore)';

describe.skipIf(folder === null)(`botocore's model${title}`, () => {
  describe.each(SERVICES)('of $service', ({ service, path }) => {
    const model = folder === null ? null : readBotocoreModel(folder, path);

    test.each(operationsOf(service))('$name', ({ name, shape }) => {
      // An older botocore doesn't have the newest operations. The SDK does.
      const operation = model?.operations[name];
      if (!model || !operation) return;
      const problems = [
        ...compareWithModel(model, { schema: shape.input, of: operation.input?.shape, path: 'input', isInput: true }),
        ...compareWithModel(model, {
          schema: shape.output,
          of: operation.output?.shape,
          path: 'output',
          isInput: false,
        }),
      ];
      expect(problems.filter(isWrong)).toEqual([]);
      const errors = operation.errors.map((error) => error.shape);
      expect(errors.filter((error) => !shape.errors.includes(error) && !COMMON_ERRORS.has(error))).toEqual([]);
      expect(shape.errors.filter((error) => !errors.includes(error))).toEqual([]);
    });
  });
});

type Compared = { schema: z.ZodType; of: string | undefined; path: string; isInput: boolean };

/** Compares types and enums, and the limits of input: answers keep within them, so nothing checks them. */
function* compareWithModel(model: BotocoreModel, { schema: outer, of, path, isInput }: Compared): Generator<string> {
  const shape = of === undefined ? undefined : model.shapes[of];
  if (!shape) return;
  const schema = unwrap(outer);
  const { kind, item } = factsOf(schema);
  const kinds = KINDS[shape.type];
  if (kinds && !kinds(schema)) yield `${path} must be a ${shape.type}`;
  if (shape.enum) {
    const options = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
    for (const value of shape.enum) if (!options.includes(value)) yield `${path} may be ${value}`;
    for (const value of options) if (!shape.enum.includes(value)) yield `${path} must not be ${value}`;
  } else if (isInput && kind !== undefined) yield* compareLimits(factsOf(schema), shape, path);
  if (shape.member && item) {
    yield* compareWithModel(model, { schema: item, of: shape.member.shape, path: `${path}[]`, isInput });
  }
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const ours = membersOf(schema)[name];
    const below = `${path}.${name}`;
    if (!ours) yield `${below} is missing`;
    else {
      const isRequired = shape.required?.includes(name) ?? false;
      if (isRequired === isOptional(ours)) yield `${below} must be ${isRequired ? 'required' : 'optional'}`;
      yield* compareWithModel(model, { schema: ours, of: member.shape, path: below, isInput });
    }
  }
}

const isKind = (kind: ValueFacts['kind']) => (schema: z.ZodType) => factsOf(schema).kind === kind;
const KINDS: Record<string, (schema: z.ZodType) => boolean> = {
  string: (schema) => isKind('text')(schema) || schema instanceof z.ZodEnum,
  integer: isKind('whole'),
  long: isKind('whole'),
  blob: isKind('blob'),
  timestamp: isKind('timestamp'),
  list: isKind('list'),
  boolean: (schema) => schema instanceof z.ZodBoolean,
  structure: (schema) => schema instanceof z.ZodObject,
  map: (schema) => schema instanceof z.ZodRecord,
};

function* compareLimits(ours: Partial<ValueFacts>, shape: BotocoreShape, path: string): Generator<string> {
  // Ours always match the whole text.
  const plain = (pattern: string | undefined) => pattern?.replace(/^\^/, '').replace(/\$$/, '');
  // No text is shorter than nothing.
  if ((ours.min ?? 0) !== (shape.min ?? 0)) yield `${path} must have a minimum of ${shape.min}, not ${ours.min}`;
  if (ours.max !== shape.max && ours.kind !== 'timestamp')
    yield `${path} must have a maximum of ${shape.max}, not ${ours.max}`;
  if (plain(ours.pattern) !== plain(shape.pattern)) yield `${path} must match ${shape.pattern}, not ${ours.pattern}`;
}
