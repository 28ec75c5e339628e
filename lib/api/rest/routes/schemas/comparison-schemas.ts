import { z } from 'zod';
import { MAX_CHANGES } from '#lib/distribution/comparison/compare-files.ts';

const sideSchema = z.enum(['both', 'from', 'to']).describe('Which image has it');

const imageSchema = z.object({
  repository: z.string().describe('ALIAS/NAME'),
  reference: z.string().describe('The tag or digest'),
  digest: z.string().describe('Of an index, its own digest'),
  pushedAt: z.date(),
  manifestDigest: z.string().nullable().describe("The compared platform's manifest"),
  sizeBytes: z.number().nullable().describe('Compressed'),
  imageCreatedAt: z.date().nullable(),
});

const differencesSchema = z
  .array(z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() }))
  .describe('What differs. Null: not set');

export const comparisonSchema = z.object({
  from: imageSchema,
  to: imageSchema,
  platform: z.string().describe('Empty if the images state none'),
  platforms: z.array(z.object({ name: z.string(), isInBoth: z.boolean() })),
  differences: z
    .object({
      layers: z.array(z.object({ side: sideSchema, digest: z.string(), mediaType: z.string(), sizeBytes: z.number() })),
      layerBytes: z
        .object({ both: z.number(), from: z.number(), to: z.number() })
        .describe('Compressed size of shared layers, and of those that only one image has'),
      steps: z.array(z.object({ side: sideSchema, instruction: z.string() })),
      settings: differencesSchema,
      environment: differencesSchema,
      labels: differencesSchema,
      annotations: differencesSchema,
    })
    .nullable()
    .describe("Null if one image lacks the platform or its manifest isn't stored here"),
});

export const fileChangesSchema = z.object({
  added: z.number(),
  changed: z.number(),
  removed: z.number(),
  layerCount: z.number().describe('Layers read'),
  isPartial: z.boolean().describe('Whether a layer was read up to a limit only'),
  files: z
    .array(
      z.object({
        path: z.string(),
        change: z.enum(['added', 'changed', 'removed']),
        fromBytes: z.number().nullable(),
        toBytes: z.number().nullable(),
        details: z.array(z.enum(['type', 'size', 'mode', 'owner', 'target', 'time'])),
      }),
    )
    .describe(`At most ${MAX_CHANGES}, by path`),
});

export const lineageSchema = z.object({
  base: z
    .object({
      fullName: z.string(),
      digest: z.string(),
      tag: z.string().nullable().describe('The newest version among its tags'),
      newerTag: z.string().nullable().describe('A tag that pointed to the base and now points to another image'),
      layerCount: z.number().describe('Layers that the image has in common with it'),
    })
    .nullable()
    .describe('Null if no image here that you may see has the same first layers'),
  dependents: z
    .array(z.object({ fullName: z.string(), description: z.string(), pullCount: z.bigint().transform(Number) }))
    .describe('Most pulled first'),
  total: z.number().describe('Repositories built on it, of the first 1,000'),
  page: z.number(),
});
