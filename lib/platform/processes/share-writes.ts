import { MAX_STALE_MS } from '#lib/platform/pg/change-listener.ts';
import type { WriteKind } from './announce-writes.ts';
import type { Siblings } from './siblings.ts';

const TOPIC = 'write';

/**
 * Returns a function that resolves once every server of the machine has noted a write. Writes that commit meanwhile are
 * announced together. A server that doesn't answer within a second, because it hangs, distrusts its caches by then anyway.
 *
 * Page processes render for longer than a writer should wait. They aren't asked: servers stamp each request that they pass
 * on with the latest turn (forward-pages.ts), and `noteTurn` compares it.
 * @param onWrite called for the write of another process
 */
export function shareWrites(
  siblings: Siblings,
  onWrite: (kind: WriteKind) => void,
): (kind: WriteKind) => Promise<void> {
  let running: Promise<void> | null = null;
  let next: { kind: WriteKind; announced: Promise<void> } | null = null;

  const send = async (kind: WriteKind) => {
    await siblings.ask(TOPIC, kind, { to: 'servers', timeoutMs: MAX_STALE_MS });
  };
  const begin = (kind: WriteKind): Promise<void> => {
    running = send(kind).finally(() => (running = null));
    return running;
  };
  siblings.answer(TOPIC, (kind) => onWrite(kind === 'content' ? 'content' : 'other'));
  siblings.onLaterTurn(() => onWrite('other'));
  return (kind) => {
    if (!running) return begin(kind);
    if (next) {
      if (kind === 'other') next.kind = kind;
      return next.announced;
    }
    const queued: { kind: WriteKind; announced: Promise<void> } = { kind, announced: Promise.resolve() };
    queued.announced = running.then(() => {
      next = null;
      return begin(queued.kind);
    });
    next = queued;
    return queued.announced;
  };
}
