import type { Verification } from '#lib/publishers/verification/verification.ts';
import { Icon } from '../ui/icon.tsx';
import { absoluteTime } from '../ui/time-ago.tsx';

/** With `verification`, the tooltip says what was verified and when. Lists omit it. */
export function VerifiedBadge({ verification }: { verification?: Verification }) {
  return (
    <span
      className="inline-flex items-center gap-1 font-sans text-xs font-normal text-accent"
      title={
        verification
          ? `${explainProof(verification)} (${absoluteTime(verification.at)})`
          : 'Controls a verified domain, or was verified by an admin'
      }
    >
      <Icon name="verified" size={14} /> Verified
      {verification && <span className="text-muted">· {verification.note}</span>}
    </span>
  );
}

/** A domain proof confirms the domain, not the publisher's name. */
function explainProof({ by, note }: Verification): string {
  return by === 'domain' ? `This publisher controls ${note}` : note;
}
