import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { rewrapSealingKeys } from '#lib/distribution/integrity/rewrap-sealing-keys.ts';
import { print, withApp, type Command } from '../command.ts';

export const adoptStoreCommand: Command = {
  summary: 'Declare that this database and the blobs in DATA_DIR or S3_BUCKET belong together',
  options: {},
  run: async (values) => {
    const app = await createApp(readConfig(), createLog('warn', false), { isStoreConfirmed: true });
    await app.close();
    print(values, { ok: true }, ['The database and the blob store now have the same site id.']);
  },
};

export const rewrapKeysCommand: Command = {
  summary: 'Encrypt the keys of sealed blobs with the newest key of KEY_SERVICE. Blobs stay as they are',
  options: {},
  run: async (values) => {
    const keys = await withApp((app) => rewrapSealingKeys(app, { caller: SYSTEM_CALLER }));
    print(values, { keys }, [keys === 0 ? 'No key needed it.' : `Keys encrypted anew: ${keys}`]);
  },
};
