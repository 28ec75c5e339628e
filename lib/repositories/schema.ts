// What a publisher writes about a repository, and the names things may have. Browser-safe.
import { z } from 'zod';
import { isName } from '#lib/oci/name.ts';
import { isTag } from '#lib/oci/reference.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

export const MAX_REPOSITORY_NAME_LENGTH = 200;

/** Without the alias. The OCI name grammar, checked part by part. */
export const repositoryNameSchema = z
  .string()
  .trim()
  .min(2, 'A repository name has at least 2 characters.')
  .max(MAX_REPOSITORY_NAME_LENGTH, `A repository name has at most ${MAX_REPOSITORY_NAME_LENGTH} characters.`)
  .refine(isName, 'Use lower-case letters and digits, with single . _ - or / between them.');

/** Null: none. */
export const featuredTagSchema = z.string().trim().refine(isTag, 'That is not a tag.').nullable();

export const visibilitySchema = z.enum(['public', 'private']);
export type Visibility = z.infer<typeof visibilitySchema>;

/** What a visitor can say is wrong with a page, and how a form puts it. */
export const REPORT_REASONS = {
  malware: 'Malware or a miner',
  impersonation: 'Pretends to be somebody else',
  secrets: 'Holds secrets or personal data',
  copyright: 'Breaks a licence or copyright',
  spam: 'Spam, or a page without a product',
  other: 'Something else',
} as const;
export type ReportReason = keyof typeof REPORT_REASONS;
export const MAX_REPORT_LENGTH = 5_000;

export const REPORT_STATUSES = ['open', 'dismissed', 'acted_on'] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

export const DELETION_KINDS = ['tag', 'manifest', 'repository'] as const;
export type DeletionKind = (typeof DELETION_KINDS)[number];

export const untaggedDaysSchema = z
  .number({ error: 'Give a number of days, or none.' })
  .int('Give whole days.')
  .min(1, 'At least one day.')
  .max(3650, 'At most 3650 days.')
  .nullable();

export const MAX_DESCRIPTION_LENGTH = 1_024;
export const MAX_MARKDOWN_LENGTH = 25_600;

/** Ready-made choices; a publisher may write others. */
export const OPERATING_SYSTEMS = ['Linux', 'Windows'] as const;
export const ARCHITECTURES = ['x86-64', 'ARM 64', 'ARM', 'x86'] as const;

/** Text that PostgreSQL can hold. */
const text = z.string().refine((value) => toStorableText(value) === value, 'Remove characters that cannot be stored.');
const label = oneLine(50, 'A label has at most 50 characters.').min(1);
const markdown = text.max(MAX_MARKDOWN_LENGTH, `At most ${MAX_MARKDOWN_LENGTH} characters.`);

export const catalogDataSchema = z.object({
  description: oneLine(MAX_DESCRIPTION_LENGTH, `A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`),
  aboutText: markdown,
  usageText: markdown,
  operatingSystems: z.array(label).max(50, 'At most 50 operating systems.'),
  architectures: z.array(label).max(50, 'At most 50 architectures.'),
});
export type CatalogData = z.infer<typeof catalogDataSchema>;
