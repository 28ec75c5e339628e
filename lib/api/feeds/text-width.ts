// Measures text without drawing it: advance widths of DejaVu Sans, which equal Verdana's, in thousandths of the font
// size, from U+0020 to U+007E. prettier-ignore
const WIDTHS = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];
const FIRST = 0x20;
/** For characters outside the table, as wide as CJK. */
const UNKNOWN_WIDTH = 1_000;

/** In pixels. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += WIDTHS[(character.codePointAt(0) ?? 0) - FIRST] ?? UNKNOWN_WIDTH;
  return (width * fontSize) / 1_000;
}
