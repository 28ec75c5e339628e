import { countOf, formatCount } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';

/** How many users starred something, in lists. Renders nothing without stars. */
export function StarCount({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className="inline-flex items-center gap-1" title={countOf(count, 'star')}>
      <Icon name="star" size={13} />
      {formatCount(count)}
      <span className="sr-only">{count === 1 ? ' star' : ' stars'}</span>
    </span>
  );
}
