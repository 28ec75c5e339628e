import type { Log } from '#lib/platform/log.ts';
import { operatorSentence } from '../../operator-error.ts';
import type { Say } from './say.ts';

/** Exits, so that a supervisor notices and restarts the process. */
export function endWithError(log: Log, reason: unknown, what: string): never {
  const sentence = operatorSentence(reason);
  if (sentence === null) log.fatal({ err: reason }, what);
  else log.fatal(sentence);
  process.exit(1);
}

/** Node would print the error as text. */
export function endOnCrash(log: Log): void {
  process.on('uncaughtException', (error) => endWithError(log, error, 'crashed'));
}

export type StopOptions = { delaySeconds?: number };

/** Drains on the first signal and exits on the second. */
export function stopOnSignal(stopServing: (options: StopOptions) => Promise<void>, log: Log, say: Say): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say(`${signal}: finishing requests in progress …`);
    // Ctrl+C means that no load balancer has to notice first.
    stopServing(signal === 'SIGTERM' ? {} : { delaySeconds: 0 }).then(
      () => process.exit(0),
      (error: unknown) => endWithError(log, error, 'failed to stop cleanly'),
    );
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => stop(signal));
}

export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
