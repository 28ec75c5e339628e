// Templates of repositories that a push, a pull-through rule or replication creates. Browser-safe.
import { z } from 'zod';
import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';
import { findTagProblem, MAX_KEYED_TAGS } from '#lib/access/tags/schema.ts';
import { isName } from '#lib/oci/name.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { MAX_LIFECYCLE_POLICY_LENGTH } from '#lib/repositories/lifecycle/schema.ts';
import { kmsKeySchema, visibilitySchema } from '#lib/repositories/schema.ts';
import {
  tagExclusionSchema,
  tagMutabilitySchema,
  MAX_TAG_EXCLUSIONS,
} from '#lib/repositories/tag-mutability/schema.ts';

export const TEMPLATE_PURPOSES = ['push', 'pull_through', 'replication'] as const;
export type TemplatePurpose = (typeof TEMPLATE_PURPOSES)[number];

export const TEMPLATE_PURPOSE_LABELS: Record<TemplatePurpose, string> = {
  push: 'Pushes',
  pull_through: 'Pull-through rules',
  replication: 'Replication',
};

export const MAX_TEMPLATES = 50;
const MAX_PREFIX_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 256;

export const templatePrefixSchema = z
  .string()
  .max(MAX_PREFIX_LENGTH, `Enter at most ${MAX_PREFIX_LENGTH} characters.`)
  .refine((text) => text === '' || isName(text), 'Enter a name prefix, such as team or team/cache.');

export const templateSettingsSchema = z.object({
  appliedFor: z
    .array(z.enum(TEMPLATE_PURPOSES, { error: 'Choose what the template applies to.' }))
    .min(1, 'Choose what the template applies to.')
    .transform((purposes) => TEMPLATE_PURPOSES.filter((purpose) => purposes.includes(purpose))),
  description: oneLine(MAX_DESCRIPTION_LENGTH, `Enter at most ${MAX_DESCRIPTION_LENGTH} characters.`).default(''),
  /** Null: the registry's setting. Pull-through rules decide for themselves. */
  visibility: visibilitySchema.nullable().default(null),
  /** Seals blobs by a KMS key. */
  usesKms: z.boolean().default(false),
  /** Null: the KMS key of the site. */
  kmsKey: kmsKeySchema.nullable().default(null),
  tagMutability: tagMutabilitySchema.default('mutable'),
  tagExclusions: z
    .array(tagExclusionSchema)
    .max(MAX_TAG_EXCLUSIONS, `Enter at most ${MAX_TAG_EXCLUSIONS} patterns.`)
    .default([]),
  repositoryPolicy: policyText(MAX_POLICY_LENGTH),
  lifecyclePolicy: policyText(MAX_LIFECYCLE_POLICY_LENGTH),
  resourceTags: z
    .array(z.object({ key: z.string(), value: z.string() }))
    .max(MAX_KEYED_TAGS, `A repository can have at most ${MAX_KEYED_TAGS} tags.`)
    .superRefine((tags, context) => {
      const message = findTagProblem(tags);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .transform((tags) => tags.toSorted((one, other) => (one.key < other.key ? -1 : 1)))
    .default([]),
  /** Kept for AWS clients. The site needs no role to create repositories. */
  roleArn: z
    .string()
    .max(2048, 'Enter at most 2048 characters.')
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'Enter the ARN of a role.')
    .nullable()
    .default(null),
});

export type TemplateSettings = z.output<typeof templateSettingsSchema>;
export type TemplateSettingsInput = z.input<typeof templateSettingsSchema>;

/** JSON as its author wrote it. Null for none. */
function policyText(max: number) {
  return z
    .string()
    .max(max, `Enter at most ${max.toLocaleString('en')} characters.`)
    .nullable()
    .default(null);
}
