import type { Config } from '#lib/platform/config/config.ts';

/** URL of the handler in app/api/logos. */
export function logoUrl({ config }: { config: Pick<Config, 'publicUrl'> }, id: string | null): string | null {
  return id && `${config.publicUrl}/api/logos/${id}`;
}
