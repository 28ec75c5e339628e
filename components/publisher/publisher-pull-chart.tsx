import type { PullDay } from '#lib/gallery/insight-queries.ts';
import { PullChart } from '../pulls/pull-chart.tsx';

/** Pulls of all the publisher's public repositories, by week, because the column is narrow. */
export function PublisherPullChart({ days }: { days: PullDay[] }) {
  return (
    <section aria-labelledby="publisher-pulls">
      <h2 className="mb-3 text-base font-semibold" id="publisher-pulls">
        Pulls
      </h2>
      {days.some(({ count }) => count > 0) ? (
        <PullChart days={days} unit="week" />
      ) : (
        <p className="text-sm text-muted">No pulls in {days.length} days.</p>
      )}
    </section>
  );
}
