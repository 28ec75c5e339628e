// HTTP agents for user-supplied hosts. Each connection goes to exactly the address that was checked, which prevents DNS rebinding.
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { LookupAddress } from 'node:dns';

/** The error `code` for a host with a forbidden address. */
export const ADDRESS_NOT_ALLOWED = 'ADDRESS_NOT_ALLOWED';

export type AddressCheck = {
  isAllowed: (address: string) => boolean;
  /** Defaults to the system's resolver. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
};

/** Creates an agent that connects only to allowed addresses. */
export function createCheckedAgent(isTls: boolean, check: AddressCheck, options: AgentOptions): HttpAgent {
  const checked = { ...options, lookup: createCheckedLookup(check) };
  const agent = isTls ? new HttpsAgent(checked) : new HttpAgent(checked);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target: ClientRequestArgs, done) => {
    const host = target.host ?? '';
    // Node doesn't call lookup for IP addresses, so check them here.
    if (isIP(host) === 0 || check.isAllowed(host)) return connect(target, done);
    const failed = done as ((error: Error) => void) | undefined;
    process.nextTick(() => failed?.(notAllowed()));
    return undefined;
  };
  return agent;
}

/** Rejects a name if any of its addresses is forbidden, because Node may connect to any of them. */
export function createCheckedLookup({ isAllowed, resolve }: AddressCheck): LookupFunction {
  const resolveAll = resolve ?? ((hostname) => lookup(hostname, { all: true }));
  return (hostname, options, done) => {
    const finish = (addresses: LookupAddress[]): void => {
      const [first] = addresses;
      if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
      if (!addresses.every(({ address }) => isAllowed(address))) return done(notAllowed(), '');
      if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    };
    resolveAll(hostname).then(finish, (error: NodeJS.ErrnoException) => done(error, ''));
  };
}

function notAllowed(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is neither public nor in an allowed network'), {
    code: ADDRESS_NOT_ALLOWED,
  });
}
