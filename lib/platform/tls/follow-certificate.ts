import { toAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Certificate } from './certificate.ts';

/** Where a certificate comes from. */
export interface CertificateSource {
  /** Identifies the current certificate. Null: there is none yet. */
  mark: () => Promise<string | null>;
  /** @throws AppError with a message for the operator */
  read: () => Promise<Certificate>;
}

type FollowOptions = {
  log: Log;
  /** The mark of the certificate that is in use. */
  last: string | null;
  checkMs?: number;
};

const CHECK_MS = 10_000;

/**
 * Passes on each new certificate. While one can't be read, the last one stays, and each different problem is logged once.
 * @returns a function that ends this
 */
export function followCertificate(
  source: CertificateSource,
  use: (certificate: Certificate) => void,
  { log, last, checkMs = CHECK_MS }: FollowOptions,
): () => void {
  let used = last;
  let problem: string | null = null;
  const check = async () => {
    try {
      const mark = await source.mark();
      if (mark === null || mark === used) return;
      use(await source.read());
      used = mark;
      problem = null;
      log.info('the listeners use a new certificate');
    } catch (error) {
      const { message } = toAppError(error);
      if (message !== problem) log.error({ err: error }, 'the new certificate is unusable, so the last one stays');
      problem = message;
    }
  };
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= check().finally(() => (running = null));
  }, checkMs).unref();
  return () => clearInterval(timer);
}
