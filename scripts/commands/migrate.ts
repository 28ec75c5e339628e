import { print, withApp, type Command } from './command.ts';

export const migrateCommand: Command = {
  summary: 'Brings the database up to date (a start does this too)',
  options: {},
  // Opening the App migrates.
  run: (values) => withApp(() => Promise.resolve(print(values, { ok: true }, ['The database is up to date.']))),
};
