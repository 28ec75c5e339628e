import { isIP } from 'node:net';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { AppError } from '#lib/platform/errors.ts';

/** https://www.w3.org/TR/webauthn-3/#relying-party-identifier */
export type RelyingParty = { id: string; origin: string };

/** Derives the relying party from PUBLIC_URL, or says why browsers refuse passkeys at this address. */
export function findRelyingParty({ publicUrl }: Pick<ServerConfig, 'publicUrl'>): RelyingParty | { problem: string } {
  const { protocol, hostname, origin } = new URL(publicUrl);
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0) {
    return { problem: `Browsers don't offer passkeys for IP addresses such as ${hostname}. They need a host name.` };
  }
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !isLocal) {
    return { problem: `Browsers don't offer passkeys for ${origin}, because its connection isn't encrypted (HTTPS).` };
  }
  return { id: hostname, origin };
}

/** @throws AppError `unsupported` where browsers refuse passkeys */
export function getRelyingParty(config: Pick<ServerConfig, 'publicUrl'>): RelyingParty {
  const found = findRelyingParty(config);
  if ('problem' in found) throw new AppError('unsupported', found.problem);
  return found;
}
