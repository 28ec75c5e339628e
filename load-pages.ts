import { shareWithNext, type Config } from '#lib/config.ts';
import { guardPages } from '#lib/platform/http/pages/guard-pages.ts';
import type { PageHandler } from '#lib/platform/http/pages/queue-pages.ts';

export type Pages = { handle: PageHandler; close: () => Promise<void> };

/** Loads Next after its settings are in process.env. */
export async function loadPages(config: Config): Promise<Pages> {
  shareWithNext(config);
  const { default: next } = await import('next');
  const pages = next({ dev: config.isDevelopment, dir: import.meta.dirname, hostname: config.host, port: config.port });
  await pages.prepare();
  return { handle: guardPages(pages.getRequestHandler()), close: () => pages.close() };
}
