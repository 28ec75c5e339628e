import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { print, type Command } from './command.ts';

export const adoptStoreCommand: Command = {
  summary: 'Declare that this database and the blobs in DATA_DIR or S3_BUCKET belong together',
  options: {},
  run: async (values) => {
    const app = await createApp(readConfig(), createLog('warn', false), { isStoreConfirmed: true });
    await app.close();
    print(values, { ok: true }, ['The database and the blob store now have the same site id.']);
  },
};
