import { Chip } from '../ui/chip.tsx';
import { CodeLine } from '../ui/code-line.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

export type DomainProofView = {
  id: string;
  domain: string;
  method: 'dns' | 'well_known';
  challenge: string;
  /** A new challenge for an existing proof, which stays valid until this one is found. */
  nextChallenge: string | null;
  status: 'pending' | 'proven' | 'missing' | 'lost';
  lastProblem: string | null;
  checkedAt: Date | null;
  provenAt: Date | null;
};

const WORDS: Record<DomainProofView['status'], string> = {
  pending: 'Not found yet',
  proven: 'Verified',
  missing: 'Not found at the last check',
  lost: 'Lost',
};

type DomainProofListProps = {
  proofs: DomainProofView[];
  /** Where to publish the challenge, by method. */
  places: { dnsPrefix: string; path: string };
  check: (form: FormData) => Promise<void>;
};

export function DomainProofList({ proofs, places, check }: DomainProofListProps) {
  return (
    <ul className="flex flex-col gap-3">
      {proofs.map((proof) => (
        <li className="flex flex-col gap-2 rounded-lg border border-line p-3" key={proof.id}>
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-mono font-semibold">{proof.domain}</span>
            <Chip
              icon={proof.status === 'proven' ? 'verified' : undefined}
              tone={proof.status === 'proven' ? 'accent' : 'warning'}
            >
              {WORDS[proof.status]}
            </Chip>
            {proof.checkedAt && (
              <span className="text-sm text-muted">
                checked <TimeAgo date={proof.checkedAt} />
              </span>
            )}
          </p>
          {(proof.status !== 'proven' || proof.nextChallenge) && <Instructions places={places} proof={proof} />}
          {proof.lastProblem && <p className="text-sm text-warning">{proof.lastProblem}</p>}
          <form action={check}>
            <input name="id" type="hidden" value={proof.id} />
            <SubmitButton isSmall tone="plain">
              Check now
            </SubmitButton>
          </form>
        </li>
      ))}
    </ul>
  );
}

function Instructions({ proof, places }: { proof: DomainProofView; places: DomainProofListProps['places'] }) {
  const place =
    proof.method === 'dns' ? `${places.dnsPrefix}.${proof.domain}` : `https://${proof.domain}${places.path}`;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p>
        {proof.method === 'dns' ? 'Add a TXT record named ' : 'Put a file at '}
        <code className="font-mono break-all">{place}</code> with this value:
      </p>
      {proof.nextChallenge && <p className="text-muted">The previous value stays valid until this one is found.</p>}
      <CodeLine code={proof.nextChallenge ?? proof.challenge} label="Copy challenge" />
    </div>
  );
}
