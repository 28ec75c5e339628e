import type { PullDay } from '#lib/gallery/insight-queries.ts';
import { BAR_HEIGHT, drawBars, SLOT } from '../ui/draw-bars.ts';
import { countOf, formatCount } from '../ui/format-number.ts';
import {
  chooseUnit,
  dayText,
  periodText,
  scaleTop,
  toPeriods,
  type PeriodUnit,
  type PullPeriod,
} from './pull-periods.ts';

/** Drawn on the server. Labels are HTML next to the SVG, so that they keep their size on a phone. */
export function PullChart({ days, unit = chooseUnit(days) }: { days: PullDay[]; unit?: PeriodUnit }) {
  const periods = toPeriods(days, unit);
  const total = periods.reduce((sum, { count }) => sum + count, 0);
  const best = periods.reduce((most, period) => (period.count > most.count ? period : most), periods[0] ?? NONE);
  const [first, last] = [periods[0] ?? NONE, periods.at(-1) ?? NONE];
  const top = scaleTop(best.count);
  const summary = `Pulls per ${unit} from ${dayText(first.first)} to ${dayText(last.last)}: ${formatCount(total)} in all, most on ${periodText(best)}, ${formatCount(best.count)}. The table below has every number.`;
  return (
    <figure>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-xs text-muted tabular-nums">
        <div aria-hidden="true" className="-my-2 flex flex-col justify-between text-right">
          {[top, top / 2, 0].map((value) => (
            <span key={value}>{formatCount(value)}</span>
          ))}
        </div>
        <svg
          aria-label={summary}
          className="block h-40 w-full"
          preserveAspectRatio="none"
          role="img"
          viewBox={`0 0 ${periods.length * SLOT} ${BAR_HEIGHT}`}
        >
          {[0, BAR_HEIGHT / 2, BAR_HEIGHT].map((y) => (
            <line
              className="stroke-line"
              key={y}
              strokeWidth="1"
              vectorEffect="non-scaling-stroke"
              x1="0"
              x2={periods.length * SLOT}
              y1={y}
              y2={y}
            />
          ))}
          {/* Only what a pointer needs of each bar, because a page may have hundreds. */}
          <g className="*:fill-transparent *:hover:fill-surface-strong">
            {periods.map((period, i) => (
              <rect height={BAR_HEIGHT} key={period.first} width={SLOT} x={i * SLOT} y="0">
                <title>{`${periodText(period)}: ${countOf(period.count, 'pull')}`}</title>
              </rect>
            ))}
          </g>
          <path
            className="pointer-events-none fill-accent"
            d={drawBars(
              periods.map(({ count }) => count),
              top,
            )}
          />
        </svg>
        <div aria-hidden="true" className="col-start-2 mt-1.5 flex justify-between">
          <span>{dayText(first.first)}</span>
          <span>{dayText(last.last)}</span>
        </div>
      </div>
      <figcaption className="mt-3 text-sm text-muted">
        {countOf(total, 'pull')} in {days.length} days by UTC, at most {formatCount(best.count)} a {unit}
      </figcaption>
      <NumbersTable periods={periods} unit={unit} />
    </figure>
  );
}

const NONE: PullPeriod = { first: '1970-01-01', last: '1970-01-01', count: 0 };

/** On the body, as rows have no classes of their own. */
const ROWS =
  'tabular-nums [&_tr]:border-t [&_tr]:border-line [&_:is(th,td)]:px-3 [&_:is(th,td)]:py-1 [&_th]:text-left [&_th]:font-normal [&_td]:text-right';

function NumbersTable({ periods, unit }: { periods: PullPeriod[]; unit: PeriodUnit }) {
  return (
    <details className="mt-2 text-sm">
      <summary className="inline-flex min-h-6 items-center text-accent">Show as a table</summary>
      <div
        aria-label="Pulls as a table"
        className="mt-2 max-h-80 max-w-md overflow-y-auto rounded-lg border border-line"
        role="region"
        tabIndex={0}
      >
        <table className="w-full border-collapse">
          <thead className="bg-surface text-left text-muted">
            <tr>
              <th className="px-3 py-1.5 font-medium" scope="col">
                {unit === 'day' ? 'Day' : 'Week'}
              </th>
              <th className="px-3 py-1.5 text-right font-medium" scope="col">
                Pulls
              </th>
            </tr>
          </thead>
          <tbody className={ROWS}>
            {periods.toReversed().map((period) => (
              <tr key={period.first}>
                <th scope="row">{periodText(period)}</th>
                <td>{formatCount(period.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
