/** The periods that the page offers. */
export const USAGE_DAYS = ['7', '30', '90', '365'] as const;
export const DEFAULT_USAGE_DAYS = '30';
