import { describe, expect, test } from 'vitest';
import { readLifecyclePolicy } from './schema.ts';

describe('a policy is refused', () => {
  const good = {
    rulePriority: 1,
    selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
    action: { type: 'expire' },
  };
  const tagged = { ...good.selection, tagStatus: 'tagged' };
  const withSelection = (selection: object) => ({ rules: [{ ...good, selection }] });
  const two = (first: object, second: object) => ({ rules: [first, { ...good, rulePriority: 2, ...second }] });

  test.each<[string, unknown, string]>([
    ['without rules', { rules: [] }, 'A policy needs at least one rule.'],
    ['with 51 rules', { rules: Array.from({ length: 51 }, () => good) }, 'A policy can have at most 50 rules.'],
    ['that is a list', [], 'The policy must be an object.'],
    ['with another member', { rules: [good], note: 1 }, 'The policy can\'t have "note". It can have: rules.'],
    [
      'with a misspelt member',
      withSelection({ ...good.selection, tagPatternlist: ['v*'] }),
      'Rule 1 of the list: selection can\'t have "tagPatternlist". It can have: tagStatus, tagPatternList, tagPrefixList, storageClass, countType, countUnit, countNumber.',
    ],
    [
      'with priority 0',
      { rules: [{ ...good, rulePriority: 0 }] },
      'Rule 1 of the list: rulePriority must be a whole number of at least 1.',
    ],
    [
      'with one priority twice',
      { rules: [{ ...good, selection: { ...tagged, tagPrefixList: ['a'] } }, good] },
      'Two rules have the rulePriority 1.',
    ],
    [
      'with a count of 0',
      withSelection({ ...good.selection, countNumber: 0 }),
      'Rule 1 of the list: countNumber must be a whole number of at least 1.',
    ],
    [
      'with a count of 1.5',
      withSelection({ ...good.selection, countNumber: 1.5 }),
      'Rule 1 of the list: countNumber must be a whole number of at least 1.',
    ],
    [
      'for tagged images without tags',
      withSelection(tagged),
      'Rule 1 of the list: A rule for tagged images needs either tagPatternList or tagPrefixList.',
    ],
    [
      'with patterns and prefixes',
      withSelection({ ...tagged, tagPatternList: ['a'], tagPrefixList: ['a'] }),
      'Rule 1 of the list: A rule for tagged images needs either tagPatternList or tagPrefixList.',
    ],
    [
      'for any image with a tag',
      withSelection({ ...good.selection, tagPrefixList: ['a'] }),
      'Rule 1 of the list: Only a rule for tagged images can have tagPatternList or tagPrefixList.',
    ],
    [
      'with five wildcards',
      withSelection({ ...tagged, tagPatternList: ['*a*b*c*d*'] }),
      'Rule 1 of the list: A tag pattern can contain * at most 4 times.',
    ],
    [
      'with a unit for a count',
      withSelection({ ...good.selection, countUnit: 'days' }),
      'Rule 1 of the list: imageCountMoreThan has no countUnit.',
    ],
    [
      'with an age without a unit',
      withSelection({ ...good.selection, countType: 'sinceImagePushed' }),
      'Rule 1 of the list: sinceImagePushed needs a countUnit of "days".',
    ],
    [
      'with an age in hours',
      withSelection({ ...good.selection, countType: 'sinceImagePushed', countUnit: 'hours' }),
      'Rule 1 of the list: countUnit must be "days".',
    ],
    [
      'with another kind of count',
      withSelection({ ...good.selection, countType: 'size' }),
      'Rule 1 of the list: countType must be "imageCountMoreThan" or "sinceImagePushed" or "sinceImagePulled" or "sinceImageTransitioned".',
    ],
    [
      'that archives nowhere',
      { rules: [{ ...good, action: { type: 'transition' } }] },
      'Rule 1 of the list: transition needs a targetStorageClass of "archive".',
    ],
    [
      'that expires somewhere',
      { rules: [{ ...good, action: { type: 'expire', targetStorageClass: 'archive' } }] },
      'Rule 1 of the list: expire has no targetStorageClass.',
    ],
    [
      'with archived images by count',
      withSelection({ ...good.selection, storageClass: 'archive' }),
      'Rule 1 of the list: A rule for archived images needs the countType sinceImageTransitioned.',
    ],
    [
      'for archived images of 89 days',
      withSelection({
        ...good.selection,
        storageClass: 'archive',
        countType: 'sinceImageTransitioned',
        countUnit: 'days',
        countNumber: 89,
      }),
      'Rule 1 of the list: Images stay archived for at least 90 days.',
    ],
    [
      'whose rule for any image is not the last',
      two(good, { selection: { ...tagged, tagPatternList: ['a'] } }),
      'The rule with the tagStatus "any" needs the highest rulePriority, because it is applied last.',
    ],
    [
      'with two rules for any image',
      two(good, {}),
      'Only one rule for the storage class "standard" can have the tagStatus "any".',
    ],
    [
      'with one prefix twice',
      two(
        { ...good, selection: { ...tagged, tagPrefixList: ['a'] } },
        { selection: { ...tagged, tagPrefixList: ['b', 'a'] } },
      ),
      'Only one rule can have the tag prefix "a".',
    ],
  ])('%s', (_what, policy, problem) => {
    expect(readLifecyclePolicy(JSON.stringify(policy))).toEqual({ problem });
  });

  test('that is not JSON, or too long', () => {
    expect(readLifecyclePolicy('{')).toMatchObject({
      problem: expect.stringMatching(/^The policy isn't valid JSON: /) as string,
    });
    const long = JSON.stringify({ rules: [{ ...good, description: 'x'.repeat(30_720) }] });
    expect(readLifecyclePolicy(long)).toEqual({ problem: 'A lifecycle policy can have at most 30,720 characters.' });
  });
});
