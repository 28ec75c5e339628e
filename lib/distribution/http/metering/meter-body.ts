import { isNotYet } from '#lib/distribution/push/ensure-repository.ts';
import type { WriteRequest } from '#lib/distribution/http/distribution-request.ts';
import { toTraffic } from './to-traffic.ts';

type Received = Pick<WriteRequest<unknown>, 'app' | 'req' | 'repository'>;

/**
 * Counts the body that `work` reads, even if it fails. Without a known length, the framing of its chunks counts too. The manifest that
 * creates a repository isn't counted.
 */
export async function meterBody<Result>(
  { app, req, repository }: Received,
  work: () => Promise<Result>,
): Promise<Result> {
  const readBefore = req.socket.bytesRead - req.readableLength;
  try {
    return await work();
  } finally {
    const announcedBytes = req.complete ? Number(req.headers['content-length'] ?? NaN) : NaN;
    const bytes = Number.isNaN(announcedBytes) ? req.socket.bytesRead - readBefore : announcedBytes;
    if (!isNotYet(repository)) app.traffic.received(toTraffic(req, repository), bytes);
  }
}
