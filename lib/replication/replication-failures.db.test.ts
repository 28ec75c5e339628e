import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { buildTextImage, openTwoSites, type TwoSites } from '#lib/testing/open-two-sites.ts';
import { listReplicationFailures, retryReplication } from './replication-failures.ts';

let sites: TwoSites;
beforeAll(async () => {
  sites = await openTwoSites();
});
afterAll(() => sites.close());

test('lists copies that were refused with their reason, and retries one or all', async () => {
  const { source, publisher, registryKey, receiver } = sites;
  const asked = { caller: publisher.caller, registryKey };
  await sites.save({ password: receiver.token });
  await sites.everything();
  await sites.push('app', await buildTextImage('one'), ['v1', 'v2']);
  await sites.replicate('app');
  const copied = await source.app.db.replicationTask.findMany({ select: { id: true } });
  expect(await listReplicationFailures(source.app, { ...asked, limit: 50 })).toEqual([]);
  const later = new Date(Date.now() + 600_000);
  await source.app.db.replicationTask.updateMany({
    where: { reference: { in: ['v1', 'v2'] } },
    data: { state: 'failed', failure: 'Refused.', dueAt: later },
  });
  const failures = await listReplicationFailures(source.app, { ...asked, limit: 50 });
  expect(failures.map(({ reference, failure }) => `${reference} ${failure}`).sort()).toEqual([
    'v1 Refused.',
    'v2 Refused.',
  ]);
  const [first] = failures;
  await retryReplication(source.app, { ...asked, task: BigInt(first?.id ?? 0) });
  await sites.replicator.drain();
  expect(await listReplicationFailures(source.app, { ...asked, limit: 50 })).toHaveLength(1);
  await retryReplication(source.app, { ...asked, task: null });
  await sites.replicator.drain();
  expect(await listReplicationFailures(source.app, { ...asked, limit: 50 })).toEqual([]);
  expect(await source.app.db.replicationTask.count()).toBe(copied.length);
});

test('a stranger neither sees nor retries failures', async () => {
  const { source, registryKey } = sites;
  const { caller } = await source.createUser();
  await expect(listReplicationFailures(source.app, { caller, registryKey, limit: 1 })).rejects.toThrow(AppError);
  await expect(retryReplication(source.app, { caller, registryKey, task: null })).rejects.toThrow(AppError);
});
