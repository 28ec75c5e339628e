// Opens the site's listeners: the public one, the private one, and the one that redirects plain HTTP.
import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { drain, listen, type AddressSettings, type DrainOptions } from '#lib/platform/http/listen.ts';
import { createLimitedServer, createLimitedTlsServer, type AnswerStalled } from '#lib/platform/http/limited-server.ts';
import type { ListenerName } from '#lib/platform/http/listeners.ts';
import { createRedirectServer } from '#lib/platform/tls/redirect-server.ts';
import type { Certificate } from '#lib/platform/tls/certificate.ts';
import { createFileSource } from '#lib/platform/tls/certificate-files.ts';
import { followCertificate, type CertificateSource } from '#lib/platform/tls/follow-certificate.ts';
import { AcmeChallenges } from '#lib/site/certificates/acme-challenges.ts';
import { createAcmeSource } from '#lib/site/certificates/acme-source.ts';
import type { App } from './app.ts';

type ListeningApp = Pick<App, 'config' | 'counts' | 'db' | 'log' | 'secrets'>;

type ListenersInput = {
  /** Answers requests with a stalled body. */
  answerStalled: AnswerStalled;
  /** Adds the handlers to the server of a listener. */
  attach: (server: Server, listener: ListenerName) => void;
};

type Listener = { server: Server; address: { host: string; port: number }; settings: AddressSettings };

export type Listeners = {
  /** Stops accepting connections and waits for requests to finish. */
  drain: (options: DrainOptions) => Promise<void>;
};

/** @throws AppError `unavailable` with a message for the operator */
export async function openListeners(app: ListeningApp, { answerStalled, attach }: ListenersInput): Promise<Listeners> {
  const { host, port, publicUrl, redirectPort, privateListener } = app.config;
  const source = chooseSource(app);
  const tlsServers: TlsServer[] = [];
  const create = (listener: ListenerName): Server => {
    const server = source ? createLimitedTlsServer(answerStalled) : createLimitedServer(answerStalled);
    if ('setSecureContext' in server) tlsServers.push(server);
    attach(server, listener);
    return server;
  };
  const listeners: Listener[] = [
    { server: create('public'), address: { host, port }, settings: { host: 'HOST', port: 'PORT' } },
  ];
  if (privateListener) {
    const settings = { host: 'PRIVATE_HOST', port: 'PRIVATE_PORT' };
    listeners.push({ server: create('private'), address: privateListener, settings });
  }
  if (redirectPort !== null) {
    const challenges = new AcmeChallenges(app.db);
    const server = createRedirectServer({ publicUrl, findChallenge: (token) => challenges.find(token) });
    const settings = { host: 'HOST', port: 'REDIRECT_PORT' };
    listeners.push({ server, address: { host, port: redirectPort }, settings });
  }
  const use = (certificate: Certificate) => {
    for (const server of tlsServers) server.setSecureContext(certificate);
    app.counts.certificate.expiresAt = new X509Certificate(certificate.cert).validToDate;
  };
  const stop = source ? await useCertificate(app, source, use) : () => undefined;
  const drainAll = async (options: DrainOptions) => {
    await Promise.all(listeners.filter(({ server }) => server.listening).map(({ server }) => drain(server, options)));
    stop();
  };
  try {
    for (const { server, address, settings } of listeners) await listen(server, address, settings);
  } catch (error) {
    await drainAll({ delaySeconds: 0, maxSeconds: 0 });
    throw error;
  }
  return { drain: drainAll };
}

/** Null: plain HTTP. */
function chooseSource(app: ListeningApp): CertificateSource | null {
  const { certificate } = app.config;
  if (certificate?.kind === 'files') return createFileSource(certificate);
  return certificate && createAcmeSource(app, certificate);
}

/** Uses the certificate and each that replaces it. Until an ACME server has issued the first one, handshakes fail. */
async function useCertificate(
  { log }: ListeningApp,
  source: CertificateSource,
  use: (certificate: Certificate) => void,
): Promise<() => void> {
  const mark = await source.mark();
  if (mark === null)
    log.warn('there is no certificate yet, so https connections fail until the ACME server has issued it');
  else use(await source.read());
  return followCertificate(source, use, { log, last: mark });
}
