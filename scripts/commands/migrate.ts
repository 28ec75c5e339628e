import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import { readConfig } from '#lib/platform/config/config.ts';
import { grantToRole } from '#lib/platform/pg/grant-to-role.ts';
import { createLog } from '#lib/platform/log.ts';
import { openSiteDatabase } from '#lib/prepare-database.ts';
import { print, type Command } from './command.ts';

export const migrateCommand: Command = {
  summary: 'Brings the database up to date (a start does this too, unless MIGRATE=0)',
  options: { 'grant-to': { value: 'ROLE', doc: 'A role without the right to create tables that the site runs as' } },
  run: async (values) => {
    const config = readConfig();
    const settings = { ...config, database: { ...config.database, isMigrating: true } };
    const log = createLog('warn', false);
    // Opening it migrates. Blobs are not needed: whoever migrates may have no access to them.
    const database = await openSiteDatabase(settings, log);
    try {
      await migrateJobs(database.direct.pool, log);
      const role = values['grant-to'];
      if (typeof role === 'string') await grantToRole(database.direct.pool, role);
    } finally {
      await database.close();
    }
    print(values, { ok: true }, ['The database is up to date.']);
  },
};
