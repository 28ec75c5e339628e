import { expect, test } from 'vitest';
import { updateSiteCommand } from './site.ts';

test.each(['yes', 'true', ''])('site update refuses --staff-need-factor %j', async (value) => {
  const run = updateSiteCommand.run({ json: false, 'staff-need-factor': value });
  await expect(run).rejects.toMatchObject({ code: 'invalid_input', message: '--staff-need-factor must be 1 or 0.' });
});
