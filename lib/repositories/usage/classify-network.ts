import { LRUCache } from 'lru-cache';
import { normaliseAddress } from '#lib/platform/http/client-network.ts';
import { createNetworkFilter, isPublicAddress } from '#lib/platform/net/public-address.ts';
import type { RepositoryConfig } from '#lib/repositories/repository-config.ts';
import type { NetworkClass } from './schema.ts';

const MAX_ADDRESSES = 10_000;

/** Classifies the address of a client. Null: unknown. */
export type ClassifyNetwork = (address: string | null) => NetworkClass;

/** Remembers addresses, because a pull takes only microseconds. */
export function createNetworkClassifier({ usageNetworks }: Pick<RepositoryConfig, 'usageNetworks'>): ClassifyNetwork {
  const known = new LRUCache<string, NetworkClass>({ max: MAX_ADDRESSES });
  const isSite = createNetworkFilter(usageNetworks.site);
  const isOtherSite = createNetworkFilter(usageNetworks.otherSites);
  const classify = (text: string): NetworkClass => {
    const address = normaliseAddress(text);
    if (address === null) return 'internet';
    if (isSite(address)) return 'site';
    if (isOtherSite(address)) return 'other_site';
    return isPublicAddress(address) ? 'internet' : 'private';
  };
  return (text) => {
    if (text === null) return 'internet';
    const remembered = known.get(text);
    if (remembered) return remembered;
    const found = classify(text);
    known.set(text, found);
    return found;
  };
}
