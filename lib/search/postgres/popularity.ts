/**
 * A logarithmic scale on which similar pull counts are equal, so that trust and fit decide: 2·log₂(1 + pulls), from 0
 * to 100.
 */
export function popularityOf(pullCount: number): number {
  return Math.min(100, Math.floor(2 * Math.log2(1 + Math.max(0, pullCount))));
}
