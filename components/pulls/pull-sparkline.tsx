import type { PullDay } from '#lib/gallery/insight-queries.ts';

const HEIGHT = 24;
const STEP = 6;

/** A decorative chart next to the number. Renders nothing without pulls. */
export function PullSparkline({ days }: { days: PullDay[] }) {
  const max = Math.max(...days.map(({ count }) => count), 0);
  if (max === 0) return null;
  const width = (days.length - 1) * STEP;
  const points = days.map(({ count }, i) => `${i * STEP},${(HEIGHT - (count / max) * HEIGHT).toFixed(1)}`);
  return (
    <svg
      aria-hidden="true"
      className="mt-1 block h-7 w-full max-w-48 overflow-visible"
      preserveAspectRatio="none"
      viewBox={`0 0 ${width} ${HEIGHT}`}
    >
      <polygon className="fill-accent-soft" points={`0,${HEIGHT} ${points.join(' ')} ${width},${HEIGHT}`} />
      <polyline
        className="fill-none stroke-accent"
        points={points.join(' ')}
        strokeLinejoin="round"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
