// Connections for addresses that a stranger chose. Every one goes to exactly the address that was checked: what a name says
// a moment later does not matter.
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { LookupAddress } from 'node:dns';

/** The `code` of the error when a name or an address leads to where connections may not go. */
export const ADDRESS_NOT_ALLOWED = 'ADDRESS_NOT_ALLOWED';

export type AddressCheck = {
  isAllowed: (address: string) => boolean;
  /** The machine's own resolver, unless another one is given. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
};

/** An agent that connects to allowed addresses only. Each connection is checked; a kept one was. */
export function createCheckedAgent(isTls: boolean, check: AddressCheck, options: AgentOptions): HttpAgent {
  const checked = { ...options, lookup: createCheckedLookup(check) };
  const agent = isTls ? new HttpsAgent(checked) : new HttpAgent(checked);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target: ClientRequestArgs, done) => {
    const host = target.host ?? '';
    // Node looks no address up, so the lookup would never see it.
    if (isIP(host) === 0 || check.isAllowed(host)) return connect(target, done);
    const failed = done as ((error: Error) => void) | undefined;
    process.nextTick(() => failed?.(notAllowed()));
    return undefined;
  };
  return agent;
}

/** Refuses a name when any of its addresses is not allowed: one of several could be the one that is connected to. */
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
