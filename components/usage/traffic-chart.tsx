import type { Moved } from '#lib/repositories/usage/schema.ts';
import { BAR_HEIGHT, drawBars, SLOT } from '../ui/draw-bars.ts';
import { formatBytes } from '../ui/format-number.ts';

type TrafficDay = Moved & { day: string };

/** Bars of the bytes that clients pulled each day, drawn on the server. */
export function TrafficChart({ days }: { days: TrafficDay[] }) {
  const top = Math.max(...days.map(({ sentBytes }) => sentBytes), 0);
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  if (top === 0) return <p className="text-sm text-muted">Clients pulled nothing in {days.length} days.</p>;
  const total = days.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  const width = days.length * SLOT;
  return (
    <figure className="text-xs text-muted tabular-nums">
      <svg
        aria-label={`Pulled per day from ${first} to ${last}: ${formatBytes(total)} in all, at most ${formatBytes(top)} a day.`}
        className="block h-32 w-full"
        preserveAspectRatio="none"
        role="img"
        viewBox={`0 0 ${width} ${BAR_HEIGHT}`}
      >
        <line
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
          x1="0"
          x2={width}
          y1={BAR_HEIGHT}
          y2={BAR_HEIGHT}
        />
        <g className="*:fill-transparent *:hover:fill-surface-strong">
          {days.map(({ day, sentBytes, receivedBytes }, i) => (
            <rect height={BAR_HEIGHT} key={day} width={SLOT} x={i * SLOT} y="0">
              <title>{`${day}: ${formatBytes(sentBytes)} pulled, ${formatBytes(receivedBytes)} pushed`}</title>
            </rect>
          ))}
        </g>
        <path
          className="pointer-events-none fill-accent"
          d={drawBars(
            days.map(({ sentBytes }) => sentBytes),
            top,
          )}
        />
      </svg>
      <div aria-hidden="true" className="mt-1.5 flex justify-between">
        <span>{first}</span>
        <span>at most {formatBytes(top)} a day</span>
        <span>{last}</span>
      </div>
    </figure>
  );
}
