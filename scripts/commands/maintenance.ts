import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { maintenanceOf } from '#lib/site/maintenance.ts';
import { setMaintenance } from '#lib/site/set-maintenance.ts';
import { print, withApp, type Command, type OptionValues } from './command.ts';

export const startMaintenanceCommand: Command = {
  summary: 'Make the site read-only. Pulls and pages go on, and writes are refused with a 503',
  options: { note: { value: 'TEXT', doc: 'One line for those whose writes are refused' } },
  run: (values) => set(values, true),
};

export const endMaintenanceCommand: Command = {
  summary: 'Let the site take writes again',
  options: {},
  run: (values) => set(values, false),
};

export const showMaintenanceCommand: Command = {
  summary: 'Show whether the site is read-only',
  options: {},
  run: async (values) => {
    const { since, note } = maintenanceOf(await withApp((app) => app.siteSettings.read()));
    const sentence =
      since === null ? 'The site takes writes.' : `The site is read-only since ${since.toISOString()}. ${note}`;
    print(values, { isReadOnly: since !== null, since, note }, [sentence.trim()]);
  },
};

async function set(values: OptionValues, isReadOnly: boolean): Promise<void> {
  const note = typeof values.note === 'string' ? values.note : '';
  await withApp((app) => setMaintenance(app, { caller: SYSTEM_CALLER, maintenance: { isReadOnly, note } }));
  print(values, { isReadOnly, note }, [isReadOnly ? 'The site is read-only now.' : 'The site takes writes again.']);
}
