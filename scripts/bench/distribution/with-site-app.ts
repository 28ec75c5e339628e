import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';

/** Opens the App of a data folder for `work`. Its server may be running. */
export async function withSiteApp(
  dataDir: string,
  work: (app: Awaited<ReturnType<typeof createApp>>) => Promise<void>,
): Promise<void> {
  const app = await createApp(readConfig({ DATA_DIR: dataDir, NODE_ENV: 'production' }), createLog('warn', false));
  try {
    await work(app);
  } finally {
    await app.close();
  }
}
