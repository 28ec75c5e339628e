import { compileText, matchGlob } from '#lib/access/text-pattern.ts';
import type { LifecycleAction, LifecyclePolicy, LifecycleRule } from './schema.ts';

/** An image as a policy sees it. Times are milliseconds since 1970. */
export type JudgedImage = {
  tags: readonly string[];
  /** When it was pushed or last restored from the archive, whichever is later. */
  since: number;
  /** Null if it was never pulled. */
  pulledAt: number | null;
  /** Null unless it is archived. */
  archivedAt: number | null;
  /** Whether an index of the repository lists it. */
  isListed: boolean;
};

export type ImageVerdict = {
  rulePriority: number;
  action: LifecycleAction;
  /** Why the image stays all the same. */
  heldBy: 'listed' | 'protected' | null;
};

export type Judge = {
  /** Judges the next image. Images must come newest first, by `since`. Returns null for one that stays. */
  judge: (image: JudgedImage) => ImageVerdict | null;
};

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Evaluates a policy in one pass and constant memory. Each rule sees all images of its selection, also those that an
 * earlier rule takes, and takes the oldest. What an earlier rule has seen, a later rule can't take. Newest first, a rule
 * that keeps N images takes each after the Nth, so every verdict depends only on the images before it.
 */
export function createJudge({
  policy,
  protectedTags,
  now,
}: {
  policy: LifecyclePolicy;
  protectedTags: readonly string[];
  now: number;
}): Judge {
  const rules = policy.rules.map((rule) => ({ rule, isTagged: compileTags(rule), seen: 0 }));
  const protecting = protectedTags.map(compilePattern);
  return {
    judge: (image) => {
      let taker: LifecycleRule | null = null;
      let isSeen = false;
      for (const counter of rules) {
        const { rule } = counter;
        if (isOfArchive(rule) !== (image.archivedAt !== null) || !counter.isTagged(image.tags)) continue;
        // Children count as part of their index. Otherwise an image for five platforms would count as six.
        const isCounted = !image.isListed || image.tags.length > 0;
        if (isCounted) counter.seen += 1;
        if (!isSeen && isTaken(rule, image, { now, rank: isCounted ? counter.seen : 0 })) taker = rule;
        isSeen = true;
      }
      if (!taker) return null;
      const isProtected = image.tags.some((tag) => protecting.some((matches) => matches(tag)));
      return {
        rulePriority: taker.rulePriority,
        action: taker.action.type,
        heldBy: isProtected ? 'protected' : image.isListed ? 'listed' : null,
      };
    },
  };
}

type Matcher<Text> = (text: Text) => boolean;

function compilePattern(pattern: string): Matcher<string> {
  const glob = compileText(pattern, { hasVariables: false }).resolve({});
  return (tag) => glob !== null && matchGlob(glob, tag);
}

function isOfArchive({ selection }: LifecycleRule): boolean {
  return selection.storageClass === 'archive';
}

/** All entries of a list must be met, each by any tag. */
function compileTags({
  selection: { tagStatus, tagPatternList, tagPrefixList },
}: LifecycleRule): Matcher<readonly string[]> {
  if (tagStatus === 'any') return () => true;
  if (tagStatus === 'untagged') return (tags) => tags.length === 0;
  const prefixes = (tagPrefixList ?? []).map((prefix) => (tag: string) => tag.startsWith(prefix));
  const matchers = [...(tagPatternList ?? []).map(compilePattern), ...prefixes];
  return (tags) => matchers.every((matches) => tags.some(matches));
}

function isTaken(
  { selection: { countType, countNumber } }: LifecycleRule,
  { since, pulledAt, archivedAt }: JudgedImage,
  { now, rank }: { now: number; rank: number },
): boolean {
  if (countType === 'imageCountMoreThan') return rank > countNumber;
  // Exactly that many days aren't more.
  const isOlder = (time: number) => now - time > countNumber * DAY_MS;
  if (countType === 'sinceImagePushed') return isOlder(since);
  if (countType === 'sinceImagePulled') return isOlder(Math.max(pulledAt ?? since, since));
  return archivedAt !== null && isOlder(archivedAt);
}
