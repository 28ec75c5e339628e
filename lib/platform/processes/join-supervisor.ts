import { createSiblings, type Siblings } from './siblings.ts';
import type { ToProcess, ToSupervisor } from './messages.ts';

export type Supervision = {
  siblings: Siblings;
  tellReady: () => void;
  tellGreeted: () => void;
  /** Resolves once the supervisor has the message, so that the process may exit. */
  tellFailure: (sentence: string | null) => Promise<void>;
  /** Resolves once all processes of the machine are ready. */
  started: Promise<void>;
  /** Called when the supervisor stops this process, or at once if it already has. */
  onStop: (handle: (delaySeconds: number | null) => void) => void;
};

/**
 * Reports to the supervisor that forked this process, and learns which part it plays. Without a supervisor the process ends
 * at once: Node's cluster sees to that when the channel closes.
 */
export function joinSupervisor(): Promise<Supervision> {
  const started = Promise.withResolvers<void>();
  const joined = Promise.withResolvers<Supervision>();
  const stopped = Promise.withResolvers<number | null>();
  let receive: ReturnType<typeof createSiblings>['receive'] | null = null;
  process.on('message', (message: ToProcess) => {
    if (message.kind === 'begin') {
      const created = createSiblings(message.part, (sent) => void sendToSupervisor(sent));
      receive = created.receive;
      joined.resolve({
        siblings: created.siblings,
        tellReady: () => void sendToSupervisor({ kind: 'ready' }),
        tellGreeted: () => void sendToSupervisor({ kind: 'greeted' }),
        tellFailure: (sentence) => sendToSupervisor({ kind: 'failed', sentence }),
        started: started.promise,
        onStop: (handle) => void stopped.promise.then(handle),
      });
    } else if (message.kind === 'started') started.resolve();
    else if (message.kind === 'stop') stopped.resolve(message.delaySeconds);
    else receive?.(message);
  });
  void sendToSupervisor({ kind: 'hello' });
  return joined.promise;
}

/** A lost channel ends this process, so a message that can't be sent is no error of its own. */
function sendToSupervisor(message: ToSupervisor): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}
