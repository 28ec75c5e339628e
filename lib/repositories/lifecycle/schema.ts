// The grammar of lifecycle policies, as ECR has it. Browser-safe.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
import { z } from 'zod';

export const MAX_LIFECYCLE_POLICY_LENGTH = 30_720;
const MAX_RULES = 50;
const MAX_PATTERN_WILDCARDS = 4;
const MAX_LIST = 50;
const MAX_TAG_LENGTH = 128;
const MAX_INTEGER = 2_147_483_647;
/** Archived images stay archived for at least this long. */
const MIN_ARCHIVED_DAYS = 90;

const whole = (what: string) =>
  z
    .int({ error: `${what} must be a whole number of at least 1.` })
    .min(1, `${what} must be a whole number of at least 1.`)
    .max(MAX_INTEGER, `${what} can be at most ${MAX_INTEGER}.`);

const oneOf = <const Values extends readonly [string, ...string[]]>(what: string, values: Values) =>
  z.enum(values, { error: `${what} must be ${values.map((value) => `"${value}"`).join(' or ')}.` });

const tagList = (what: string, item: z.ZodType<string>) =>
  z
    .array(item, { error: `${what} must be a list of texts.` })
    .min(1, `${what} must have at least one entry.`)
    .max(MAX_LIST, `${what} can have at most ${MAX_LIST} entries.`);

const entry = (what: string) =>
  z
    .string({ error: `${what} must contain texts.` })
    .min(1, `${what} can't contain an empty text.`)
    .max(MAX_TAG_LENGTH, `An entry of ${what} can have at most ${MAX_TAG_LENGTH} characters.`);

const pattern = entry('tagPatternList')
  .regex(/^[\w.*-]+$/, 'A tag pattern can contain letters, digits and . _ - *')
  .refine(
    (text) => text.split('*').length <= MAX_PATTERN_WILDCARDS + 1,
    `A tag pattern can contain * at most ${MAX_PATTERN_WILDCARDS} times.`,
  );
const prefix = entry('tagPrefixList').regex(/^[\w.-]+$/, 'A tag prefix can contain letters, digits and . _ -');

/** Objects have no other members than these, as in ECR, so that a misspelt one isn't ignored. */
const members = <Shape extends z.ZodRawShape>(what: string, shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `${what} must be an object.`;
      return `${what} can't have "${issue.keys.join('", "')}". It can have: ${Object.keys(shape).join(', ')}.`;
    },
  });

const selectionSchema = members('selection', {
  tagStatus: oneOf('tagStatus', ['tagged', 'untagged', 'any']),
  tagPatternList: tagList('tagPatternList', pattern).optional(),
  tagPrefixList: tagList('tagPrefixList', prefix).optional(),
  storageClass: oneOf('storageClass', ['standard', 'archive']).optional(),
  countType: oneOf('countType', [
    'imageCountMoreThan',
    'sinceImagePushed',
    'sinceImagePulled',
    'sinceImageTransitioned',
  ]),
  countUnit: oneOf('countUnit', ['days']).optional(),
  countNumber: whole('countNumber'),
}).superRefine((selection, context) => {
  const { tagStatus, tagPatternList, tagPrefixList, countType, countUnit, countNumber } = selection;
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  const lists = [tagPatternList, tagPrefixList].filter((list) => list !== undefined).length;
  if (tagStatus === 'tagged' && lists !== 1) {
    refuse('tagStatus', 'A rule for tagged images needs either tagPatternList or tagPrefixList.');
  }
  if (tagStatus !== 'tagged' && lists > 0) {
    refuse('tagStatus', 'Only a rule for tagged images can have tagPatternList or tagPrefixList.');
  }
  if (countType === 'imageCountMoreThan' && countUnit) refuse('countUnit', 'imageCountMoreThan has no countUnit.');
  if (countType !== 'imageCountMoreThan' && !countUnit)
    refuse('countUnit', `${countType} needs a countUnit of "days".`);
  const isOfArchive = selection.storageClass === 'archive';
  if (isOfArchive && countType !== 'sinceImageTransitioned') {
    refuse('storageClass', 'A rule for archived images needs the countType sinceImageTransitioned.');
  }
  if (countType !== 'sinceImageTransitioned') return;
  if (!isOfArchive) refuse('storageClass', 'sinceImageTransitioned needs a storageClass of "archive".');
  if (countNumber < MIN_ARCHIVED_DAYS) {
    refuse('countNumber', `Images stay archived for at least ${MIN_ARCHIVED_DAYS} days.`);
  }
});

const actionSchema = members('action', {
  type: oneOf('type', ['expire', 'transition']),
  targetStorageClass: oneOf('targetStorageClass', ['archive']).optional(),
}).superRefine(({ type, targetStorageClass }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['targetStorageClass'], message });
  if (type === 'transition' && !targetStorageClass) refuse('transition needs a targetStorageClass of "archive".');
  if (type === 'expire' && targetStorageClass) refuse('expire has no targetStorageClass.');
});

const ruleSchema = members('A rule', {
  rulePriority: whole('rulePriority'),
  description: z.string({ error: 'description must be a text.' }).optional(),
  selection: selectionSchema,
  action: actionSchema,
}).refine(({ selection, action }) => action.type === 'expire' || selection.storageClass !== 'archive', {
  path: ['action'],
  error: 'Archived images can only expire.',
});

const policySchema = members('The policy', {
  rules: z
    .array(ruleSchema, { error: 'rules must be a list.' })
    .min(1, 'A policy needs at least one rule.')
    .max(MAX_RULES, `A policy can have at most ${MAX_RULES} rules.`),
});

export type LifecycleRule = z.output<typeof ruleSchema>;
export type LifecyclePolicy = z.output<typeof policySchema>;

/** Reads the text of a policy. Returns a sentence about the first problem, which names the rule. */
export function readLifecyclePolicy(text: string): { policy: LifecyclePolicy } | { problem: string } {
  if (text.length > MAX_LIFECYCLE_POLICY_LENGTH) {
    return {
      problem: `A lifecycle policy can have at most ${MAX_LIFECYCLE_POLICY_LENGTH.toLocaleString('en')} characters.`,
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `The policy isn't valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const read = policySchema.safeParse(json);
  if (!read.success) return { problem: describeIssue(read.error.issues[0]) };
  const problem = findConflict(read.data.rules);
  if (problem) return { problem };
  return { policy: { rules: read.data.rules.toSorted((a, b) => a.rulePriority - b.rulePriority) } };
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const [list, index] = issue?.path ?? [];
  const message = issue?.message ?? 'Invalid policy.';
  return list === 'rules' && typeof index === 'number' ? `Rule ${index + 1} of the list: ${message}` : message;
}

/** Finds rules that can't be in one policy. */
function findConflict(rules: readonly LifecycleRule[]): string | null {
  const priorities = new Set<number>();
  for (const { rulePriority } of rules) {
    if (priorities.has(rulePriority)) return `Two rules have the rulePriority ${rulePriority}.`;
    priorities.add(rulePriority);
  }
  for (const storageClass of ['standard', 'archive'] as const) {
    const problem = findConflictOf(
      rules.filter(({ selection }) => (selection.storageClass ?? 'standard') === storageClass),
      storageClass,
    );
    if (problem) return problem;
  }
  return null;
}

function findConflictOf(rules: readonly LifecycleRule[], storageClass: string): string | null {
  const withStatus = (status: string) => rules.filter(({ selection }) => selection.tagStatus === status);
  for (const status of ['untagged', 'any']) {
    if (withStatus(status).length > 1) {
      return `Only one rule for the storage class "${storageClass}" can have the tagStatus "${status}".`;
    }
  }
  const [any] = withStatus('any');
  if (any && rules.some(({ rulePriority }) => rulePriority > any.rulePriority)) {
    return 'The rule with the tagStatus "any" needs the highest rulePriority, because it is applied last.';
  }
  const prefixes = new Set<string>();
  for (const { selection } of rules) {
    for (const text of new Set(selection.tagPrefixList)) {
      if (prefixes.has(text)) return `Only one rule can have the tag prefix "${text}".`;
      prefixes.add(text);
    }
  }
  return null;
}

export const LIFECYCLE_ACTIONS = ['expire', 'transition'] as const;
export type LifecycleAction = (typeof LIFECYCLE_ACTIONS)[number];

/**
 * What became of an image that a rule takes. `listed`: an index lists it. `limited`: the run has reached its limit.
 * `changed`: its tags, its pulls or the policy changed in the meantime.
 */
export const LIFECYCLE_OUTCOMES = ['planned', 'done', 'listed', 'protected', 'limited', 'changed'] as const;
export type LifecycleOutcome = (typeof LIFECYCLE_OUTCOMES)[number];

const MAX_PROTECTED_TAGS = 20;

/** Patterns of tags whose images no policy touches. */
export const protectedTagsSchema = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'Enter a pattern such as v*.')
      .max(MAX_TAG_LENGTH, `Patterns have at most ${MAX_TAG_LENGTH} characters.`)
      .regex(/^[\w.*-]+$/, 'Patterns contain letters, digits and . _ - *')
      .refine(
        (text) => text.split('*').length <= MAX_PATTERN_WILDCARDS + 1,
        `Patterns contain * at most ${MAX_PATTERN_WILDCARDS} times.`,
      ),
    { error: 'Enter a list of patterns.' },
  )
  .max(MAX_PROTECTED_TAGS, `Enter at most ${MAX_PROTECTED_TAGS} patterns.`)
  .transform((patterns) => [...new Set(patterns)]);
