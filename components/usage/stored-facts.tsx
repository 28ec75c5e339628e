import { Fact } from '../ui/fact.tsx';
import { formatBytes } from '../ui/format-number.ts';

type StoredFactsProps = {
  usage: { storedBytes: number; stagedBytes: number; linkedBytes: number };
  /** Null if unlimited. */
  quotaBytes: number | null;
};

export function StoredFacts({ usage: { storedBytes, stagedBytes, linkedBytes }, quotaBytes }: StoredFactsProps) {
  const usedBytes = storedBytes + stagedBytes;
  return (
    <section aria-label="Stored" className="max-w-2xl rounded-lg border border-line bg-surface p-4">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Fact term="Stored">{formatBytes(storedBytes)}</Fact>
        <Fact term="Without deduplication">{formatBytes(linkedBytes)}</Fact>
        {stagedBytes > 0 && <Fact term="Open uploads">{formatBytes(stagedBytes)}</Fact>}
        <Fact term="Quota">{quotaBytes === null ? 'unlimited' : formatBytes(quotaBytes)}</Fact>
      </dl>
      {quotaBytes !== null && (
        <meter
          aria-label="Used of the quota"
          className="mt-3 block h-2 w-full"
          high={quotaBytes * 0.9}
          max={quotaBytes}
          value={Math.min(usedBytes, quotaBytes)}
        >
          {formatBytes(usedBytes)} of {formatBytes(quotaBytes)}
        </meter>
      )}
      <p className="mt-3 text-sm text-muted">
        A blob that several repositories share is stored once. Deleted images count until they can no longer be
        restored.
      </p>
    </section>
  );
}
