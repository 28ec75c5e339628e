// Settings of the listeners: TLS, the plain HTTP listener that redirects, and the private listener.
import { isIP } from 'node:net';
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import { httpUrl } from './config-values.ts';
import type { ServerConfig } from './server-config.ts';
import type { ValuesOf, VariableRow } from './variables.ts';

const port = z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535);

export const LISTENER_VARIABLES = {
  TLS_CERT: {
    schema: z.string().min(1).optional(),
    doc: 'PEM file of the certificate and its chain. With it, PORT speaks TLS',
    fallback: 'plain HTTP',
  },
  TLS_KEY: {
    schema: z.string().min(1).optional(),
    doc: 'PEM file of the private key of TLS_CERT',
    fallback: 'none',
  },
  ACME_EMAIL: {
    schema: z.email('must be an email address').optional(),
    doc: "Contact for certificates from an ACME server. Setting it agrees to that server's terms. PORT speaks TLS",
    fallback: 'no ACME',
  },
  ACME_DIRECTORY: {
    schema: z.url({ protocol: /^https$/, error: 'must be an https:// address' }).optional(),
    doc: 'Directory of the ACME server',
    fallback: "Let's Encrypt",
  },
  REDIRECT_PORT: {
    schema: port.optional(),
    doc: 'Port that redirects plain HTTP to PUBLIC_URL and answers ACME challenges, such as 80',
    fallback: 'none',
  },
  PRIVATE_HOST: {
    schema: z.string().min(1).optional(),
    doc: 'Internal address that serves the registry and the API, but no pages',
    fallback: 'none',
  },
  PRIVATE_PORT: { schema: port.optional(), doc: 'Port of the internal address', fallback: 'PORT' },
  PRIVATE_PROXIES: {
    schema: z.coerce.number({ error: 'must be a number' }).int().min(0).max(10).optional(),
    doc: 'Trusted proxies in front of the internal address, as for PROXIES',
    fallback: '0',
  },
  PRIVATE_URL: {
    schema: httpUrl.optional(),
    doc: 'Address that clients of the internal address use, without a path',
    fallback: 'the host that a client used',
  },
} as const satisfies Record<string, VariableRow>;

/** HOST for all addresses of a machine. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/** Where the certificate comes from. */
export type CertificateConfig =
  | { kind: 'files'; certFile: string; keyFile: string }
  | { kind: 'acme'; email: string; directory: string; host: string };

export type PrivateListenerConfig = {
  host: string;
  port: number;
  /** Null: clients use the host of their request. */
  url: string | null;
  /** Trusted proxies that append to X-Forwarded-For. */
  proxyCount: number;
  site: ServerConfig['site'];
};

export type ListenerConfig = {
  /** Null: listeners speak plain HTTP. */
  certificate: CertificateConfig | null;
  redirectPort: number | null;
  privateListener: PrivateListenerConfig | null;
};

type Values = ValuesOf<typeof LISTENER_VARIABLES>;

/** @throws AppError `invalid_input`, naming the variables */
export function readListenerConfig(values: Values, server: ServerConfig): ListenerConfig {
  const certificate = readCertificateConfig(values, server);
  const redirectPort = values.REDIRECT_PORT ?? null;
  if (redirectPort !== null && !server.site.isSecure) {
    throw new AppError('invalid_input', 'REDIRECT_PORT needs a PUBLIC_URL that begins with https://.');
  }
  if (redirectPort === server.port) throw new AppError('invalid_input', 'REDIRECT_PORT must differ from PORT.');
  if (certificate?.kind === 'acme' && redirectPort === null) {
    throw new AppError('invalid_input', 'ACME_EMAIL needs REDIRECT_PORT, which the ACME server reaches as port 80.');
  }
  return { certificate, redirectPort, privateListener: readPrivateListener(values, server, certificate !== null) };
}

function readCertificateConfig(values: Values, server: ServerConfig): CertificateConfig | null {
  const { TLS_CERT: certFile, TLS_KEY: keyFile, ACME_EMAIL: email, ACME_DIRECTORY: directory } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new AppError('invalid_input', 'TLS_CERT and TLS_KEY must be set together.');
  }
  if (email === undefined && directory !== undefined) {
    throw new AppError('invalid_input', 'ACME_DIRECTORY needs ACME_EMAIL.');
  }
  if (certFile !== undefined && email !== undefined) {
    throw new AppError('invalid_input', 'TLS_CERT and ACME_EMAIL are both set. Set one of them.');
  }
  if (certFile === undefined && email === undefined) return null;
  if (!server.site.isSecure) {
    const name = email === undefined ? 'TLS_CERT' : 'ACME_EMAIL';
    throw new AppError('invalid_input', `${name} needs a PUBLIC_URL that begins with https://.`);
  }
  if (certFile !== undefined && keyFile !== undefined) return { kind: 'files', certFile, keyFile };
  const host = new URL(server.publicUrl).hostname;
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) {
    throw new AppError('invalid_input', 'ACME_EMAIL needs a PUBLIC_URL with a host name, not an address.');
  }
  return { kind: 'acme', email: String(email), directory: directory ?? LETS_ENCRYPT, host };
}

function readPrivateListener(values: Values, server: ServerConfig, isTls: boolean): PrivateListenerConfig | null {
  const { PRIVATE_HOST: host, PRIVATE_PORT: ownPort, PRIVATE_PROXIES: proxies, PRIVATE_URL: url } = values;
  if (host === undefined) {
    if (ownPort === undefined && url === undefined && proxies === undefined) return null;
    throw new AppError('invalid_input', 'PRIVATE_PORT, PRIVATE_PROXIES and PRIVATE_URL need PRIVATE_HOST.');
  }
  const port = ownPort ?? server.port;
  for (const [name, other] of [
    ['PORT', server.port],
    ['REDIRECT_PORT', values.REDIRECT_PORT],
  ] as const) {
    if (other !== port || (host !== server.host && !EVERY_ADDRESS.has(server.host) && !EVERY_ADDRESS.has(host)))
      continue;
    throw new AppError(
      'invalid_input',
      `PRIVATE_PORT must differ from ${name}, because HOST and PRIVATE_HOST overlap.`,
    );
  }
  if (isTls && url?.startsWith('http:')) {
    throw new AppError('invalid_input', 'PRIVATE_URL must begin with https://, because the listeners speak TLS.');
  }
  const isSecure = url === undefined ? isTls : url.startsWith('https:');
  const site = { region: server.site.region, isSecure };
  return { host, port, url: url ?? null, proxyCount: proxies ?? 0, site };
}
