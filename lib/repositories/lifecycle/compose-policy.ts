// Writes the policies that most repositories need. Browser-safe.

/** Numbers of days or images. Null leaves the rule out. */
export type SimplePolicy = {
  untaggedDays: number | null;
  /** Patterns of tags, separated by spaces or commas, each with a rule of its own. */
  keptTags: string;
  keptCount: number | null;
  unpulledDays: number | null;
  isArchiving: boolean;
};

const daysSince = (countType: string, countNumber: number) => ({ countType, countUnit: 'days', countNumber });
const EXPIRE = { type: 'expire' };
const ARCHIVE = { type: 'transition', targetStorageClass: 'archive' };

/** Returns the text of a policy, or null without any rule. */
export function composePolicy(simple: SimplePolicy): string | null {
  const { untaggedDays, keptTags, keptCount, unpulledDays, isArchiving } = simple;
  const patterns = keptTags.split(/[\s,]+/).filter((pattern) => pattern !== '');
  const rules = [
    ...(keptCount === null ? [] : patterns).map((pattern) => ({
      description: `Keep ${keptCount} of ${pattern}`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: [pattern],
        countType: 'imageCountMoreThan',
        countNumber: keptCount,
      },
      action: EXPIRE,
    })),
    ...(untaggedDays === null
      ? []
      : [
          {
            description: `Delete untagged images after ${untaggedDays} days`,
            selection: { tagStatus: 'untagged', ...daysSince('sinceImagePushed', untaggedDays) },
            action: EXPIRE,
          },
        ]),
    ...(unpulledDays === null
      ? []
      : [
          {
            description: `${isArchiving ? 'Archive' : 'Delete'} images not pulled for ${unpulledDays} days`,
            selection: { tagStatus: 'any', ...daysSince('sinceImagePulled', unpulledDays) },
            action: isArchiving ? ARCHIVE : EXPIRE,
          },
        ]),
  ];
  if (rules.length === 0) return null;
  const numbered = rules.map((rule, i) => ({ rulePriority: (i + 1) * 10, ...rule }));
  return JSON.stringify({ rules: numbered }, null, 2);
}
