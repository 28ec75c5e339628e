import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digestHex, type Digest } from '#lib/oci/digest.ts';
import { EMPTY_LAYER_DIGEST } from '#lib/oci/media-types.ts';
import { compact, splitObject, toGoJson } from './go-json.ts';

const BASE_LAYER_ID_BYTES = 32;
const NO_TIME = '0001-01-01T00:00:00Z';
/** RFC 3339. Go keeps nine digits of the fraction. */
const TIME = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

const configSchema = z.looseObject({
  architecture: z.string().nullish(),
  history: z
    .array(
      z.looseObject({
        created: z.string().regex(TIME).nullish(),
        created_by: z.string().nullish(),
        author: z.string().nullish(),
        comment: z.string().nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .nullish(),
  rootfs: z.looseObject({ base_layer: z.string().nullish() }).nullish(),
});

type Step = NonNullable<z.output<typeof configSchema>['history']>[number];

type Input = {
  name: string;
  tag: string;
  /** The bytes of the image config. */
  config: Buffer;
  /** Lowest first. */
  layers: readonly Digest[];
};

/**
 * Describes an image as schema 1 does, without signatures, exactly as distribution 2.8 writes it:
 * https://github.com/distribution/distribution/blob/v2.8.3/manifest/schema1/config_builder.go
 * If the history doesn't tell which instruction made which layer, each layer gets an entry of its own.
 * Null if the config can't be read, or the image has no layers.
 */
export function buildSchema1(input: Input): string | null {
  const text = input.config.toString('utf8');
  const fields = splitObject(text);
  const config = fields && configSchema.safeParse(JSON.parse(text)).data;
  if (!config || input.layers.length === 0) return null;
  const steps = pair(config.history ?? [], input.layers);
  const entries: { id: string; blobSum: Digest; v1Compatibility: string }[] = [];
  for (const [at, { step, blobSum, isEmpty }] of steps.entries()) {
    const isTop = at === steps.length - 1;
    const parent = entries.at(-1)?.id ?? '';
    const id = toId([digestHex(blobSum), parent, ...(isTop ? [text] : [])]);
    const shownParent = at === 0 ? toBaseId(config.rootfs?.base_layer) : parent;
    const named = { id, parent: shownParent, isEmpty };
    entries.push({ id, blobSum, v1Compatibility: isTop ? describeTop(fields, named) : describeStep(step, named) });
  }
  entries.reverse();
  const manifest = {
    schemaVersion: 1,
    name: input.name,
    tag: input.tag,
    architecture: config.architecture ?? '',
    fsLayers: entries.map(({ blobSum }) => ({ blobSum })),
    history: entries.map(({ v1Compatibility }) => ({ v1Compatibility })),
  };
  return toGoJson(manifest, 3);
}

type Paired = { step: Step; blobSum: Digest; isEmpty: boolean };

function pair(history: readonly Step[], layers: readonly Digest[]): Paired[] {
  if (history.filter((step) => !step.empty_layer).length !== layers.length)
    return layers.map((blobSum) => ({ step: {}, blobSum, isEmpty: false }));
  const rest = layers.values();
  return history.map((step) => {
    const blobSum = step.empty_layer ? EMPTY_LAYER_DIGEST : (rest.next().value as Digest);
    return { step, blobSum, isEmpty: step.empty_layer === true };
  });
}

function toId(parts: string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}

/** Windows images build upon a layer that Windows itself has. */
function toBaseId(baseLayer: string | null | undefined): string {
  return baseLayer
    ? createHash('sha384').update(baseLayer).digest().subarray(0, BASE_LAYER_ID_BYTES).toString('hex')
    : '';
}

type Named = { id: string; parent: string; isEmpty: boolean };

function describeStep({ created, created_by, author, comment }: Step, { id, parent, isEmpty }: Named): string {
  return toGoJson({
    id,
    ...(parent && { parent }),
    ...(comment && { comment }),
    created: trimTime(created),
    container_config: { Cmd: [created_by ?? ''] },
    ...(author && { author }),
    ...(isEmpty && { throwaway: true }),
  });
}

/** The config itself, with its fields in order of their names. */
function describeTop(fields: Map<string, string>, { id, parent, isEmpty }: Named): string {
  const described = new Map([...fields].filter(([name]) => name !== 'rootfs' && name !== 'history'));
  described.set('id', toGoJson(id));
  if (parent) described.set('parent', toGoJson(parent));
  if (isEmpty) described.set('throwaway', 'true');
  const sorted = [...described].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${sorted.map(([name, value]) => `${toGoJson(name)}:${compact(value)}`).join()}}`;
}

function trimTime(created: string | null | undefined): string {
  const [, seconds, fraction = '', zone] = TIME.exec(created ?? NO_TIME) ?? [];
  const digits = fraction.replace(/0+$/, '');
  return `${seconds}${digits && `.${digits}`}${zone}`;
}
