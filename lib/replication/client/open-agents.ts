import { createCheckedAgent } from '#lib/platform/net/checked-agent.ts';
import { createAddressFilter, createNetworkFilter } from '#lib/platform/net/public-address.ts';
import type { Agents } from './registry-client.ts';

/** Opens connections that reach public addresses and networks that the operator has named. */
export function openAgents(
  { config }: { config: { mirrors: { allowedNetworks: string[] } } },
  maxSockets: number,
): Agents & { close: () => void } {
  const { allowedNetworks } = config.mirrors;
  const options = { keepAlive: true, maxSockets };
  const tls = createCheckedAgent(true, { isAllowed: createAddressFilter(allowedNetworks) }, options);
  // Plain HTTP may only go to networks that the operator has named.
  const plain = createCheckedAgent(false, { isAllowed: createNetworkFilter(allowedNetworks) }, options);
  return {
    tls,
    plain,
    close: () => {
      for (const agent of [tls, plain]) agent.destroy();
    },
  };
}
