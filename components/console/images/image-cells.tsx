// What the console's lists of tags and of images have in common.
import type { PlatformView } from '#lib/gallery/tag-queries.ts';
import { platformText } from '../../tags/platform-text.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';

export type ImageListProps = {
  repository: { alias: string; name: string };
  /** `HOST/ALIAS/NAME` */
  address: string;
  isPrivate: boolean;
  isMirrored: boolean;
  /** Whether the viewer may select images or tags to delete. */
  canDelete: boolean;
  canSeePulls: boolean;
};

const SHOWN_PLATFORMS = 3;

export function PlatformNames({ platforms }: { platforms: PlatformView[] }) {
  const names = platforms.map(platformText);
  const more = names.length - SHOWN_PLATFORMS;
  return (
    <span title={names.join(', ')}>
      {names.slice(0, SHOWN_PLATFORMS).join(', ')}
      {more > 0 && ` and ${more} more`}
    </span>
  );
}

type LastPullProps = {
  date: Date | null;
  /** Lists the image's pulls. Null for members who may not see them. */
  pullsHref: string | null;
  /** The tag or digest, for screen readers. */
  about: string;
};

export function LastPull({ date, pullsHref, about }: LastPullProps) {
  return (
    <>
      {date ? <TimeAgo date={date} /> : 'never'}
      {pullsHref !== null && (
        <a className="link block w-fit whitespace-nowrap" href={pullsHref}>
          See pulls<span className="sr-only"> of {about}</span>
        </a>
      )}
    </>
  );
}

/** Submits what it selects as `name`. */
export function RowCheckbox({ name, value, about }: { name: string; value: string; about: string }) {
  return (
    <input
      aria-label={`Select ${about}`}
      className="mt-0.5 size-4 shrink-0 accent-accent"
      name={name}
      type="checkbox"
      value={value}
    />
  );
}
