import { z } from 'zod';
import { shortenText } from '#lib/platform/shorten-text.ts';
import { defineTool } from '../define-tool.ts';
import { apiPath, repositoryInput } from './tool-schemas.ts';

const MAX_DIFFERENCES = 60;
const MAX_VALUE_LENGTH = 400;

const sideSchema = z.object({
  repository: z.string(),
  reference: z.string(),
  digest: z.string(),
  manifestDigest: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  imageCreatedAt: z.string().nullable(),
});
const differenceSchema = z.object({ name: z.string(), from: z.string().nullable(), to: z.string().nullable() });
const stepSchema = z.object({ side: z.enum(['both', 'from', 'to']), instruction: z.string() });
const comparisonSchema = z.object({
  from: sideSchema,
  to: sideSchema,
  platform: z.string(),
  differences: z
    .object({
      layerBytes: z.object({ both: z.number(), from: z.number(), to: z.number() }),
      steps: z.array(stepSchema),
      settings: z.array(differenceSchema),
      environment: z.array(differenceSchema),
      labels: z.array(differenceSchema),
      annotations: z.array(differenceSchema),
    })
    .nullable(),
});

const reference = z
  .string()
  .max(500)
  .describe('A tag or digest of the repository, or ALIAS/NAME:TAG or ALIAS/NAME@DIGEST of another one');

export const compareTool = defineTool({
  name: 'compare_images',
  title: 'Compare two images',
  description:
    'Compare two tags or digests: sizes, shared layers, settings, environment, labels, annotations and build steps.',
  input: z.object({
    repository: repositoryInput,
    from: reference,
    to: reference,
    platform: z.string().max(300).optional().describe('Such as linux/arm64'),
  }),
  output: comparisonSchema.extend({
    differences: comparisonSchema.shape.differences.describe(
      `At most ${MAX_DIFFERENCES} of each kind. Null if one image lacks the platform`,
    ),
  }),
  run: async ({ ask }, { repository, from, to, platform }) => {
    const found = await ask(apiPath(repository, 'compare'), { from, to, platform }, comparisonSchema);
    const { differences } = found;
    if (!differences) return found;
    const { steps, layerBytes } = differences;
    const changed = steps.filter(({ side }) => side !== 'both').slice(0, MAX_DIFFERENCES);
    return {
      ...found,
      differences: {
        layerBytes,
        steps: changed.map(({ side, instruction }) => ({
          side,
          instruction: shortenText(instruction, MAX_VALUE_LENGTH),
        })),
        settings: cutDifferences(differences.settings),
        environment: cutDifferences(differences.environment),
        labels: cutDifferences(differences.labels),
        annotations: cutDifferences(differences.annotations),
      },
    };
  },
});

type Difference = z.output<typeof differenceSchema>;

function cutDifferences(differences: Difference[]): Difference[] {
  return differences.slice(0, MAX_DIFFERENCES).map(({ name, from, to }) => {
    const cut = (value: string | null) => value && shortenText(value, MAX_VALUE_LENGTH);
    return { name: shortenText(name, MAX_VALUE_LENGTH), from: cut(from), to: cut(to) };
  });
}
