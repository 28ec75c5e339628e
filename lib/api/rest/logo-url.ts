import type { ServerConfig } from '#lib/platform/config/server-config.ts';

/** URL of the handler in app/api/logos. */
export function logoUrl({ config }: { config: Pick<ServerConfig, 'publicUrl'> }, id: string | null): string | null {
  return id && `${config.publicUrl}/api/logos/${id}`;
}
