import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANONYMOUS_CALLER } from '#lib/access/schema.ts';
import type { EmailMessage } from '#lib/platform/net/mailer.ts';
import { findLogo } from '#lib/publishers/logos/logo-store.ts';
import { setSiteLogo } from '#lib/publishers/logos/set-site-logo.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';
import { nameEmails } from './name-emails.ts';
import { currentBanner, siteName, type SiteSettingsInput } from './schema.ts';
import { SiteSettingsCache } from './site-settings.ts';
import { updateSiteSettings } from './update-site-settings.ts';

let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

const update = (settings: SiteSettingsInput, { caller } = admin) => updateSiteSettings(site.app, { caller, settings });

describe('updateSiteSettings', () => {
  test('changes the given settings only, and audits what changed', async () => {
    expect(siteName(await site.app.siteSettings.read())).toBe('Vitrine');
    await update({ name: ' Acme images ', contact: 'ops@example.org', accent: '#AB1234' });
    await update({ description: 'Images that Acme builds.', contact: 'ops@example.org' });
    expect(await site.app.siteSettings.read()).toMatchObject({
      name: 'Acme images',
      contact: 'ops@example.org',
      accent: '#ab1234',
      description: 'Images that Acme builds.',
    });
    const last = await site.app.db.auditEvent.findFirst({ where: { action: 'site.update' }, orderBy: { id: 'desc' } });
    expect(last).toMatchObject({
      before: { description: '' },
      after: { description: 'Images that Acme builds.' },
      actorLabel: admin.email,
    });
  });

  test('records no event without a change', async () => {
    await update({ name: 'Same' });
    const count = () => site.app.db.auditEvent.count({ where: { action: 'site.update' } });
    const before = await count();
    await update({ name: 'Same' });
    expect(await count()).toBe(before);
  });

  test('keeps every one of concurrent changes to different settings', async () => {
    await Promise.all([
      update({ name: 'One' }),
      update({ description: 'Two' }),
      update({ termsUrl: 'https://example.org/terms' }),
      update({ bannerText: 'Four' }),
    ]);
    expect(await site.app.siteSettings.read()).toMatchObject({
      name: 'One',
      description: 'Two',
      termsUrl: 'https://example.org/terms',
      bannerText: 'Four',
    });
  });

  test('is for admins', async () => {
    const { caller } = await site.createUser({ role: 'reviewer' });
    await expect(update({ name: 'Mine' }, { ...admin, caller })).rejects.toMatchObject({ code: 'forbidden' });
    const anonymous = updateSiteSettings(site.app, { caller: ANONYMOUS_CALLER, settings: { name: 'Mine' } });
    await expect(anonymous).rejects.toMatchObject({ code: 'forbidden' });
    await expect(setSiteLogo(site.app, { caller, image: null })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test.each<[string, SiteSettingsInput]>([
    ['name', { name: 'x'.repeat(61) }],
    ['name', { name: 'Acme\u202eegami' }],
    ['name', { name: 'Acme\nBcc: all@example.org' }],
    ['accent', { accent: 'red;}*{display:none' }],
    ['accent', { accent: '#12345' }],
    ['contact', { contact: 'javascript:alert(1)' }],
    ['contact', { contact: 'not an address' }],
    ['termsUrl', { termsUrl: 'javascript:alert(1)' }],
    ['privacyUrl', { privacyUrl: '/relative' }],
    ['bannerUrl', { bannerUrl: 'data:text/html,x' }],
    ['bannerLevel', { bannerLevel: 'loud' as 'info' }],
    ['bannerUntil', { bannerUntil: 'tomorrow' }],
  ])('refuses a bad %s: %j', async (field, settings) => {
    const before = await site.app.siteSettings.read();
    await expect(update(settings)).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { fieldErrors: { [field]: expect.stringMatching(/\.$/) as string } },
    });
    expect(await site.app.siteSettings.read()).toEqual(before);
  });
});

describe('other processes', () => {
  test('read a change within about a second', async () => {
    const other = new SiteSettingsCache(site.app.db);
    await other.read();
    await update({ name: 'Renamed elsewhere' });
    await expect.poll(async () => (await other.read()).name, { timeout: 5_000 }).toBe('Renamed elsewhere');
  });

  test('keep the last settings while the database is unavailable', async () => {
    let isDown = false;
    const findFirst = () => (isDown ? Promise.reject(new Error('down')) : site.app.db.siteSettings.findFirst());
    const other = new SiteSettingsCache({ siteSettings: { findFirst } } as unknown as TestApp['app']['db']);
    const { name } = await other.read();
    expect(name).not.toBe('');
    isDown = true;
    await other.refresh();
    expect(await other.read()).toMatchObject({ name });
    expect(other.latest).toMatchObject({ name });
  });
});

describe('the announcement', () => {
  const settings = { bannerText: 'Maintenance', bannerLevel: 'warning', bannerUrl: '', bannerUntil: null } as const;

  test('ends with its last day, in UTC', async () => {
    await update({ bannerText: 'Maintenance', bannerLevel: 'warning', bannerUntil: '2026-11-30' });
    const { bannerUntil } = await site.app.siteSettings.read();
    expect(bannerUntil).toEqual(new Date('2026-12-01T00:00:00Z'));
    const on = (now: string) => currentBanner({ ...settings, bannerUntil }, new Date(now));
    expect(on('2026-11-30T23:59:59Z')).toEqual({ text: 'Maintenance', level: 'warning', url: '' });
    expect(on('2026-12-01T00:00:00Z')).toBeNull();
  });

  test('without an end stays', async () => {
    await update({ bannerUntil: '' });
    expect((await site.app.siteSettings.read()).bannerUntil).toBeNull();
    expect(currentBanner(settings)).not.toBeNull();
    expect(currentBanner({ ...settings, bannerText: '' })).toBeNull();
  });
});

test('the logo is shown to everyone, and deleted once removed', async () => {
  const { caller } = admin;
  const logoId = await setSiteLogo(site.app, { caller, image: await makeLogo() });
  expect(logoId).not.toBeNull();
  const id = logoId ?? '';
  expect(await findLogo(site.app, { id })).not.toBeNull();
  expect((await site.app.siteSettings.read()).logoId).toBe(id);
  await setSiteLogo(site.app, { caller, image: null });
  expect(await site.app.db.logo.findUnique({ where: { id } })).toBeNull();
});

test('emails have the name of the site in their subject', async () => {
  const sent: EmailMessage[] = [];
  const send = (message: EmailMessage) => Promise.resolve(void sent.push(message));
  const mailer = nameEmails({ send }, site.app.siteSettings);
  await update({ name: 'Acme images' });
  await mailer.send({ to: 'a@example.org', subject: 'Create your account', text: '' });
  await update({ name: '' });
  await mailer.send({ to: 'a@example.org', subject: 'Create your account', text: '' });
  expect(sent.map(({ subject }) => subject)).toEqual(['[Acme images] Create your account', 'Create your account']);
});
