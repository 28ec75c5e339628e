import { BAR_HEIGHT, drawBars, SLOT } from '../ui/draw-bars.ts';

/** `title` is shown over the bar. */
export type DayBar = { day: string; bytes: number; title: string };

type DayBarsProps = {
  /** The chart as a sentence. */
  label: string;
  /** Under the middle of the chart. */
  caption: string;
  bars: DayBar[];
  /** The highest of them, above 0. */
  top: number;
};

/** A bar for each day, drawn on the server. */
export function DayBars({ label, caption, bars, top }: DayBarsProps) {
  const width = bars.length * SLOT;
  return (
    <figure className="text-xs text-muted tabular-nums">
      <svg
        aria-label={label}
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
          {bars.map(({ day, title }, i) => (
            <rect height={BAR_HEIGHT} key={day} width={SLOT} x={i * SLOT} y="0">
              <title>{title}</title>
            </rect>
          ))}
        </g>
        <path
          className="pointer-events-none fill-accent"
          d={drawBars(
            bars.map(({ bytes }) => bytes),
            top,
          )}
        />
      </svg>
      <div aria-hidden="true" className="mt-1.5 flex justify-between">
        <span>{bars[0]?.day}</span>
        <span>{caption}</span>
        <span>{bars.at(-1)?.day}</span>
      </div>
    </figure>
  );
}
