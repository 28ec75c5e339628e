import type { Verification } from '#lib/catalog/gallery-queries.ts';
import { Icon } from '../ui/icon.tsx';
import { absoluteTime } from '../ui/time-ago.tsx';

/** With `verification` the badge says what was proved, and when; in lists the word alone. */
export function VerifiedBadge({ verification }: { verification?: Verification }) {
  return (
    <span
      className="inline-flex items-center gap-1 font-sans text-xs font-normal text-accent"
      title={
        verification
          ? `${sayProof(verification)} (${absoluteTime(verification.at)})`
          : "The publisher's identity was checked"
      }
    >
      <Icon name="verified" size={14} /> Verified
      {verification && <span className="text-muted">· {sayProof(verification)}</span>}
    </span>
  );
}

function sayProof({ by, note }: Verification): string {
  return by === 'domain' ? `controls ${note}` : note;
}
