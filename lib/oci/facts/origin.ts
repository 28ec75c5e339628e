/** Names the region and registry that a replicated manifest comes from: `eu-central-1/123456789012`. */
export const ORIGIN_HEADER = 'vitrine-replicated-from';

const ORIGIN = /^[0-9a-z-]{2,25}\/[0-9]{12}$/;

/** Null also for text that isn't an origin. */
export function parseOrigin(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && ORIGIN.test(header) ? header : null;
}
