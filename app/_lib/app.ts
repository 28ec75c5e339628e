import type { App } from '#lib/app.ts';

/**
 * The App that server.ts has built. Read off globalThis and not through lib/app.ts, so that the composition root and all
 * it opens are not bundled into the pages a second time.
 */
export function getApp(): App {
  const app = (globalThis as Record<symbol, unknown>)[Symbol.for('vitrine.App')] as App | undefined;
  if (!app) throw new Error('Pages are only served by server.ts, which builds the App first.');
  return app;
}
