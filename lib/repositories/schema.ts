// Schemas of the texts and names that publishers enter. Browser-safe.
import { z } from 'zod';
import { isName } from '#lib/oci/name.ts';
import { isTag } from '#lib/oci/reference.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';
import { categoriesSchema } from './categories.ts';
import type { TagMutability } from './tag-mutability/schema.ts';

export const MAX_REPOSITORY_NAME_LENGTH = 200;

/** Without the alias. The OCI name grammar, split for better messages. */
export const repositoryNameSchema = z
  .string()
  .trim()
  .min(2, 'Enter at least 2 characters.')
  .max(MAX_REPOSITORY_NAME_LENGTH, `Enter at most ${MAX_REPOSITORY_NAME_LENGTH} characters.`)
  .refine(isName, 'Use lowercase letters and digits, separated by a single ".", "_", "-" or "/".');

/** Null for none. */
export const featuredTagSchema = z.string().trim().refine(isTag, 'Enter a valid tag.').nullable();

/** An id, an ARN or an alias of a KMS key, with KMS's own limit. */
export const kmsKeySchema = z
  .string()
  .trim()
  .min(1, 'Enter the ID, ARN or alias of a key.')
  .max(2048, 'Enter at most 2048 characters.')
  .regex(/^[\w:/.-]+$/, 'Enter the ID, ARN or alias of a key.');

export const visibilitySchema = z.enum(['public', 'private']);
export type Visibility = z.infer<typeof visibilitySchema>;

/** Orders of a registry's repositories in the console. */
export const OWN_REPOSITORY_SORTS = ['pushed', 'pulled', 'name', 'size', 'pulls'] as const;
export type OwnRepositorySort = (typeof OWN_REPOSITORY_SORTS)[number];

export type OwnRepositoryFilter = {
  /** Part of the name. Empty for all. */
  query: string;
  /** Null for both. */
  visibility: Visibility | null;
  /** Null for all. */
  tagMutability: TagMutability | null;
  sort: OwnRepositorySort;
};

/** Reasons for a report with their labels. */
export const REPORT_REASONS = {
  malware: 'Malware or cryptominer',
  impersonation: 'Impersonation',
  secrets: 'Contains secrets or personal data',
  copyright: 'Licence or copyright violation',
  spam: 'Spam or empty page',
  other: 'Something else',
} as const;
export type ReportReason = keyof typeof REPORT_REASONS;
export const MAX_REPORT_LENGTH = 5_000;

export const REPORT_STATUSES = ['open', 'dismissed', 'acted_on'] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

export const DELETION_KINDS = ['tag', 'manifest', 'repository'] as const;
export type DeletionKind = (typeof DELETION_KINDS)[number];

export const untaggedDaysSchema = z
  .number({ error: 'Enter a number of days, or leave this empty.' })
  .int('Enter whole days.')
  .min(1, 'Enter at least one day.')
  .max(3650, 'Enter at most 3650 days.')
  .nullable();

/** Where a page's README comes from: the source repository, or a file that the image names. Null switches it off. */
export const README_SOURCES = ['source', 'image'] as const;
export type ReadmeSource = (typeof README_SOURCES)[number];
export const readmeSourceSchema = z.enum(README_SOURCES, { error: 'Choose where the README comes from.' }).nullable();

export const MAX_DESCRIPTION_LENGTH = 1_024;
export const MAX_MARKDOWN_LENGTH = 25_600;

/** Suggestions. Publishers may enter others. */
export const OPERATING_SYSTEMS = ['linux', 'windows'];
export const ARCHITECTURES = ['amd64', 'arm64', 'arm', '386'];

/** Text that PostgreSQL can store. */
const text = z.string().refine((value) => toStorableText(value) === value, "Remove characters that can't be stored.");
const label = oneLine(50, 'Enter at most 50 characters.').min(1);
const markdown = text.max(MAX_MARKDOWN_LENGTH, `Enter at most ${MAX_MARKDOWN_LENGTH} characters.`);

export const catalogDataSchema = z.object({
  description: oneLine(MAX_DESCRIPTION_LENGTH, `Enter at most ${MAX_DESCRIPTION_LENGTH} characters.`),
  aboutText: markdown,
  usageText: markdown,
  // Stored as written, because Terraform compares them. oci/facts/platform.ts reads every spelling.
  operatingSystems: z.array(label).max(50, 'Enter at most 50 operating systems.'),
  architectures: z.array(label).max(50, 'Enter at most 50 architectures.'),
  categories: categoriesSchema,
});
export type CatalogData = z.infer<typeof catalogDataSchema>;
