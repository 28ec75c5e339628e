import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { rewrapKeys } from '#lib/distribution/integrity/rewrap-keys.ts';
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
  summary: 'Encrypt the keys of sealed blobs and secrets with the newest key of KEY_SERVICE. Blobs stay as they are',
  options: {},
  run: async (values) => {
    const { keys, secrets } = await withApp((app) => rewrapKeys(app, { caller: SYSTEM_CALLER }));
    const lines = [keys === 0 ? 'No key needed it.' : `Keys encrypted anew: ${keys}`];
    if (secrets.sealed > 0) lines.push(`Secrets that no longer depend on AUTH_SECRET: ${secrets.sealed}`);
    if (secrets.lost > 0) {
      const next = 'Publishers must enter passwords of upstreams again, and admins reset authenticator apps.';
      lines.push(`Secrets lost because AUTH_SECRET was changed: ${secrets.lost}. ${next}`);
    }
    print(values, { keys, secrets }, lines);
  },
};
