import type { RequestDetail } from '#lib/aliases/queries.ts';
import type { LookAlike } from '#lib/aliases/review/review-queries.ts';
import { publisherLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const METHODS: Record<string, string> = { dns: 'by DNS', well_known: 'by a file on its site' };
const STATUSES: Record<string, string> = {
  pending: 'Not found yet',
  proven: 'Verified',
  missing: 'Not found at the last check',
  lost: 'Lost',
};

export function ProofList({ proofs }: { proofs: RequestDetail['proofs'] }) {
  if (proofs.length === 0) return <p className="text-sm text-muted">No domains.</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {proofs.map(({ domain, method, status, provenAt, checkedAt }) => (
        <li className="flex flex-wrap items-center gap-x-2" key={`${method} ${domain}`}>
          <span className="font-mono break-all">{domain}</span>
          <Chip icon={status === 'proven' ? 'verified' : 'warning'} tone={status === 'proven' ? 'accent' : 'warning'}>
            {STATUSES[status] ?? status}
          </Chip>
          <span className="text-muted">
            {METHODS[method] ?? method}
            {provenAt && (
              <>
                , verified <TimeAgo date={provenAt} />
              </>
            )}
            {checkedAt && (
              <>
                , checked <TimeAgo date={checkedAt} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function LookAlikeList({ lookAlikes }: { lookAlikes: LookAlike[] }) {
  if (lookAlikes.length === 0)
    return <p className="text-sm text-muted">No look-alikes among known publishers and brands.</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {lookAlikes.map(({ name, why, isAlias }) => (
        <li key={name}>
          {isAlias ? (
            <a className="link font-mono" href={publisherLink(name)}>
              {name}
            </a>
          ) : (
            <span className="font-mono">{name}</span>
          )}{' '}
          <span className="text-muted">
            ({isAlias ? 'publisher' : 'reserved name'}) {why}
          </span>
        </li>
      ))}
    </ul>
  );
}
