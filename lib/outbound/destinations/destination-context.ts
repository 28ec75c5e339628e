/** Binds the sealed password of a replication destination to its host, so that it can't be opened in another host's row. */
export function destinationContext({ registryKey, host }: { registryKey: bigint; host: string }): string {
  return `replication ${registryKey} ${host}`;
}
