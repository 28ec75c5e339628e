/** A scale of pulls on which near things are equal, so that trust and fit decide between them: 2·log₂(1 + pulls), whole, 0 to 100. */
export function popularityOf(pullCount: number): number {
  return Math.min(100, Math.floor(2 * Math.log2(1 + Math.max(0, pullCount))));
}
