import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/platform/config.ts';
import { grantToRole } from '#lib/platform/grant-to-role.ts';
import { createLog } from '#lib/platform/log.ts';
import { print, type Command } from './command.ts';

export const migrateCommand: Command = {
  summary: 'Brings the database up to date (a start does this too, unless MIGRATE=0)',
  options: { 'grant-to': { value: 'ROLE', doc: 'A role without the right to create tables that the site runs as' } },
  run: async (values) => {
    const config = readConfig();
    const database = { ...config.database, isMigrating: true };
    // Opening the App migrates.
    const app = await createApp({ ...config, database }, createLog('warn', false));
    try {
      const role = values['grant-to'];
      if (typeof role === 'string') await grantToRole(app.direct.pool, role);
    } finally {
      await app.close();
    }
    print(values, { ok: true }, ['The database is up to date.']);
  },
};
