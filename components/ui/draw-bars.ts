/** The box of a bar chart: `SLOT` units for each bar, `BAR_HEIGHT` units high. */
export const SLOT = 10;
export const BAR_HEIGHT = 100;
const BAR = 7;

/** Returns one path for all bars, which `top` scales. */
export function drawBars(values: readonly number[], top: number): string {
  return values
    .map((value, i) => {
      const height = (value / top) * BAR_HEIGHT;
      return `M${i * SLOT + (SLOT - BAR) / 2} ${BAR_HEIGHT}v${-height}h${BAR}v${height}z`;
    })
    .join('');
}
