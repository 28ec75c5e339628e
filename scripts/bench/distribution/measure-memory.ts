// Measures memory: many concurrent pulls of a large blob, and one very large push.
import { expectStatus, ImageMaker, pushImage } from './contents.ts';
import { HttpSocket } from './http-socket.ts';
import { runLoad } from './load.ts';
import { UsageMeter } from './process-usage.ts';
import type { Target } from './workloads.ts';

const GB = 1_000_000_000;
const PULLS = 100;
const PUSHED = 'pushes/to-0';

export async function measureMemory(target: Target): Promise<void> {
  const meter = new UsageMeter(target.pid, target.dataDir);
  const repository = `${target.prefix}${PUSHED}`;
  const push = async (bytes: number, tag: string) => {
    const image = new ImageMaker(bytes).make();
    const socket = await HttpSocket.open(target.host);
    await pushImage(socket, image, { repository, tag, headers: target.pushHeaders(PUSHED) });
    socket.close();
    return image;
  };
  const large = await push(GB, 'large');
  const path = `/v2/${repository}/blobs/${large.layer.digest}`;
  const pull = async (socket: HttpSocket) => {
    const { status, bodyBytes } = await socket.ask({ method: 'GET', path });
    expectStatus(status, 200, 'GET of a blob');
    if (bodyBytes !== GB) throw new Error(`received ${bodyBytes} bytes`);
  };
  await report(meter, `${PULLS} concurrent pulls of 1 GB`, PULLS * GB, () =>
    runLoad(target.host, pull, { seconds: 0, connections: PULLS }),
  );
  await report(meter, 'push of 10 GB', 10 * GB, () => push(10 * GB, 'very-large'));
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
