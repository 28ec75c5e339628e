import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { expireAudit } from './expire-audit.ts';

const DAY_MS = 86_400_000;

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
  const at = (days: number) => new Date(Date.now() - days * DAY_MS);
  const pull = { count: 1, registryKey: 1n, fullName: 'acme/app', repositoryName: 'app', actorLabel: 'anonymous' };
  const pulls = Array.from({ length: 12_000 }, () => ({ ...pull, at: at(91), lastAt: at(91), isMember: false }));
  await site.app.db.auditPull.createMany({
    data: [...pulls, { ...pull, at: at(89), lastAt: at(89), isMember: false }],
  });
  const event = { actorLabel: 'system', target: 'x' };
  await site.app.db.auditEvent.createMany({
    data: [
      { ...event, action: 'old.do', at: at(400) },
      { ...event, action: 'new.do', at: at(2) },
    ],
  });
});
afterAll(() => site.close());

const actions = async () =>
  (await site.app.db.auditEvent.findMany({ where: { target: 'x' } })).map(({ action }) => action);

test('expires only pulls by default', async () => {
  await expireAudit(site.app);
  expect(await site.app.db.auditPull.count()).toBe(1);
  expect(await actions()).toEqual(['old.do', 'new.do']);
});

test('expires events if the operator configured a retention', async () => {
  await expireAudit({ ...site.app, config: { auditPullsDays: 90, auditDays: 365 } });
  expect(await actions()).toEqual(['new.do']);
});
