// Measures memory: many concurrent pulls of a large blob, and one very large push.
import { runLoad } from './load.ts';
import { UsageMeter } from './process-usage.ts';
import { pushOne, type Target } from './workloads.ts';

const GB = 1_000_000_000;
const PULLS = 100;
const PUSHED = 'pushes/to-0';

export async function measureMemory(target: Target): Promise<void> {
  const meter = new UsageMeter(target.pid, target.dataDir);
  const push = (bytes: number) => pushOne(target, { bytes, name: PUSHED, headers: target.pushHeaders(PUSHED) });
  const { layer } = await push(GB);
  const path = `/v2/${target.prefix}${PUSHED}/blobs/${layer.digest}`;
  const pull = { method: 'GET' as const, path, headers: {}, status: 200, bodyBytes: GB };
  await report(meter, `${PULLS} concurrent pulls of 1 GB`, PULLS * GB, () =>
    runLoad(target.host, { pull }, { connections: PULLS, maxOperations: PULLS }),
  );
  await report(meter, 'push of 10 GB', 10 * GB, () => push(10 * GB));
}

async function report(meter: UsageMeter, name: string, bytes: number, work: () => Promise<unknown>): Promise<void> {
  const idle = meter.memoryMib();
  const startedAt = performance.now();
  const { usage } = await meter.measure(work);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${name}: ${idle.toFixed(0)} MiB before, ${usage.peakMib.toFixed(0)} MiB peak, ` +
      `${seconds.toFixed(0)} s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s, ${usage.cpuSeconds.toFixed(0)} s of CPU`,
  );
}
