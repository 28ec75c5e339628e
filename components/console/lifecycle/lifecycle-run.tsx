import type { LifecycleImageView, LifecycleRunView, TakenCount } from '#lib/images/lifecycle/run-queries.ts';
import type { LifecycleAction, LifecycleOutcome } from '#lib/repositories/lifecycle/schema.ts';
import { ShortDigest } from '../../tags/short-digest.tsx';
import { DenseRow, DenseTable } from '../../ui/dense-table.tsx';
import { countOf, formatBytes, formatCount } from '../../ui/format-number.ts';
import { Notice } from '../../ui/notice.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';

type LifecycleRunProps = { run: LifecycleRunView; images: LifecycleImageView[]; isPreview: boolean };

const RULE_COLUMNS = ['Rule', 'Images', 'Outcome'];
const IMAGE_COLUMNS = ['Image', 'Pushed', 'Pulled', 'Rule', 'Outcome'];

/** What each rule takes, what stays and why, and the images. */
export function LifecycleRun({ run, images, isPreview }: LifecycleRunProps) {
  const { taken, imageCount, imageLimit, freedBytes } = run;
  const isOpen = isPreview || run.finishedAt === null;
  const limited = countOutcome(taken, 'limited');
  if (taken.length === 0) {
    return (
      <p className="text-muted">
        No rule {isPreview ? 'takes' : 'took'} any of the {countOf(imageCount, 'image')}.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <p>
        {isOpen ? 'Takes' : 'Took'} {formatCount(countOutcome(taken, isOpen ? 'planned' : 'done'))} of{' '}
        {countOf(imageCount, 'image')}. {isOpen ? 'Frees' : 'Freed'} {formatBytes(freedBytes)} once the deleted images
        can’t be restored any more.
      </p>
      {limited > 0 && (
        <Notice tone="warning">
          One run takes at most {countOf(imageLimit, 'image')} of this repository, the oldest first. Later runs take{' '}
          {countOf(limited, 'more image')}.
        </Notice>
      )}
      <DenseTable columns={RULE_COLUMNS} label="Table of rules" width="narrow">
        {taken.map(({ rulePriority, action, outcome, count }) => (
          <DenseRow columns={RULE_COLUMNS} key={`${rulePriority} ${action} ${outcome}`}>
            <th className="text-left font-normal tabular-nums" scope="row">
              Rule {rulePriority}
            </th>
            <td className="tabular-nums">{formatCount(count)}</td>
            <td>{outcomeText(outcome, action)}</td>
          </DenseRow>
        ))}
      </DenseTable>
      {images.length > 0 && (
        <DenseTable columns={IMAGE_COLUMNS} label="Table of images" width="medium">
          {images.map((image) => (
            <DenseRow columns={IMAGE_COLUMNS} key={image.position}>
              <th className="max-w-80 text-left font-normal break-words" scope="row">
                <ShortDigest digest={image.digest} />
                <span className="block font-mono text-muted">{tagText(image.tags)}</span>
              </th>
              <td>
                <TimeAgo date={image.pushedAt} />
              </td>
              <td>{image.lastPulledAt ? <TimeAgo date={image.lastPulledAt} /> : 'never'}</td>
              <td className="tabular-nums">{image.rulePriority}</td>
              <td>{outcomeText(image.outcome, image.action)}</td>
            </DenseRow>
          ))}
        </DenseTable>
      )}
    </div>
  );
}

export function countOutcome(
  taken: readonly TakenCount[],
  outcome: LifecycleOutcome,
  action?: LifecycleAction,
): number {
  return taken
    .filter((each) => each.outcome === outcome && (action === undefined || each.action === action))
    .reduce((sum, { count }) => sum + count, 0);
}

const SHOWN_TAGS = 5;

function tagText(tags: string[]): string {
  if (tags.length === 0) return 'untagged';
  const more = tags.length - SHOWN_TAGS;
  return `${tags.slice(0, SHOWN_TAGS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const KEPT = {
  listed: 'Stays, because an index lists it',
  protected: 'Stays, because a tag is protected',
  limited: 'Waits for a later run',
  changed: 'Stays, because it or the policy changed',
} as const;

function outcomeText(outcome: LifecycleOutcome, action: LifecycleAction): string {
  if (outcome === 'planned') return action === 'expire' ? 'Expires' : 'Gets archived';
  if (outcome === 'done') return action === 'expire' ? 'Expired' : 'Archived';
  return KEPT[outcome];
}
