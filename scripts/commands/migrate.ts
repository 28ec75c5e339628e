import { migrateJobs } from '#lib/platform/jobs/run-worker.ts';
import { readConfig } from '#lib/config.ts';
import { grantToRole } from '#lib/platform/pg/migrations/grant-to-role.ts';
import { createLog } from '#lib/platform/log.ts';
import { openSiteDatabase } from '#lib/prepare-database.ts';
import { print, type Command } from './command.ts';

export const migrateCommand: Command = {
  summary: 'Migrate the database (startup does this too, unless MIGRATE=0)',
  options: { 'grant-to': { value: 'ROLE', doc: 'Grant this role the rights the site needs at run time' } },
  run: async (values) => {
    const config = readConfig();
    const settings = { ...config, database: { ...config.database, isMigrating: true } };
    const log = createLog('warn', false);
    // Opening the database migrates it. The blob store may be out of reach here.
    const database = await openSiteDatabase(settings, log);
    try {
      await migrateJobs(database.direct.pool, log);
      const role = values['grant-to'];
      if (typeof role === 'string') await grantToRole(database.direct.pool, role);
    } finally {
      await database.close();
    }
    print(values, { ok: true }, ['Database is up to date.']);
  },
};
