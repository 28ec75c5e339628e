// Where the bytes of a repository went to and came from. Browser-safe.

/** `site`: the same site. `private`: private addresses, and the internal address of the site. `other_site`: the operator's other sites. */
export const NETWORKS = ['site', 'private', 'internet', 'other_site'] as const;
export type NetworkClass = (typeof NETWORKS)[number];

export const NETWORK_NAMES: Record<NetworkClass, string> = {
  site: 'Same site',
  private: 'Private network',
  internet: 'Internet',
  other_site: 'Other sites',
};

/** Null: not measured. `linkedBytes` is the sum over repositories, in which a shared blob counts several times. */
export type StoredDay = { day: string; storedBytes: number | null; linkedBytes: number | null };

export type Moved = { sentBytes: number; receivedBytes: number };
