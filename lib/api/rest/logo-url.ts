import type { Config } from '#lib/platform/config/config.ts';

/** Where app/api/logos answers. */
export function logoUrl({ config }: { config: Pick<Config, 'publicUrl'> }, id: string | null): string | null {
  return id && `${config.publicUrl}/api/logos/${id}`;
}
