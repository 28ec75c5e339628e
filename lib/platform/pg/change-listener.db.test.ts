import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '#lib/platform/log.ts';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startTcpFaultProxy } from '#lib/testing/tcp-fault-proxy.ts';
import { listenToChanges } from './change-listener.ts';
import { QueueingPool } from './pool/queueing-pool.ts';

test('from the moment the database is lost, what is cached can be used', async () => {
  const proxy = await startTcpFaultProxy(Number(new URL(inject('templateUrl')).port));
  const connectionString = proxy.through(inject('templateUrl'));
  const pool = new QueueingPool({ connectionString, max: 1, connectionTimeoutMillis: 2_000, pipeline: true });
  const log = createLog('silent', false);
  const changes = listenToChanges({ pool, direct: { pool, hasSessions: true }, channels: {}, log });
  onTestFinished(async () => {
    await changes.close();
    await pool.end();
    await proxy.close();
  });
  for (let round = 0; round < 5; round += 1) {
    await expect.poll(() => changes.isCurrent(), { timeout: 5_000, interval: 20 }).toBe(true);
    const refused = proxy.refuse();
    const until = performance.now() + 100;
    while (performance.now() < until) {
      expect(changes.isCurrent() || changes.isUsableInOutage()).toBe(true);
      await nextTurn();
    }
    await refused;
    await proxy.heal();
    await sleep(50);
  }
});
