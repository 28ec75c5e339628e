import type { ReactNode } from 'react';
import type { EvidenceKind } from '#lib/oci/evidence-kind.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import type { Evidence } from '#lib/distribution/pull/find-evidence.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { formatCount } from '../ui/format-number.ts';
import { DigestLink } from './digest-link.tsx';

const MAX_SHOWN = 50;
const MAX_TYPE_LENGTH = 200;

const FOUND_BY: Record<Evidence['foundBy'], string> = {
  referrer: 'refers to it',
  tag: 'by its tag',
  index: 'listed in the index',
};

export const EVIDENCE_TITLES: Record<Exclude<EvidenceKind, 'attestation'>, string> = {
  signature: 'Signatures',
  sbom: 'Bills of materials (SBOM)',
  provenance: 'Provenance',
  other: 'Other',
};
export type EvidenceGroup = keyof typeof EVIDENCE_TITLES;
export const EVIDENCE_GROUPS = ['signature', 'sbom', 'provenance', 'other'] as const;

/** Attestations without a group of their own fall under "Other". */
export function ofGroup(evidence: readonly Evidence[], group: EvidenceGroup): Evidence[] {
  return evidence.filter(({ kind }) => (kind === 'attestation' ? 'other' : kind) === group);
}

type EvidenceListProps = {
  group: EvidenceGroup;
  items: Evidence[];
  repository: RepositoryLink;
  /** Platform names by digest. A digest that isn't listed is the image itself. */
  subjectNames: ReadonlyMap<string, string>;
  children?: ReactNode;
};

/** Lists attached evidence. Nothing here has been verified. */
export function EvidenceList({ group, items, repository, subjectNames, children }: EvidenceListProps) {
  return (
    <section aria-labelledby={`evidence-${group}`} className="rounded-lg border border-line">
      <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
        <h4 className="font-semibold" id={`evidence-${group}`}>
          {EVIDENCE_TITLES[group]}
        </h4>
        <Chip tone={items.length > 0 ? 'accent' : 'neutral'}>{items.length > 0 ? 'present' : 'none found'}</Chip>
      </div>
      {items.length > 0 && (
        <ul className="text-sm">
          {items.slice(0, MAX_SHOWN).map((item, i) => (
            <li
              className="flex flex-wrap items-center justify-between gap-x-4 border-t border-line px-3 py-1.5"
              key={`${item.digest} ${i}`}
            >
              <span className="min-w-0 font-mono text-xs break-all">{toVisibleText(item.type, MAX_TYPE_LENGTH)}</span>
              <span className="flex flex-wrap items-center gap-x-3 text-muted">
                <span>
                  {FOUND_BY[item.foundBy]}
                  {subjectNames.has(item.subject) && `, about ${subjectNames.get(item.subject)}`}
                </span>
                <DigestLink
                  digest={item.digest}
                  href={repositoryLink({ ...repository, item: { digest: item.digest } })}
                />
              </span>
            </li>
          ))}
          {items.length > MAX_SHOWN && (
            <li className="border-t border-line px-3 py-1.5 text-muted">
              And {formatCount(items.length - MAX_SHOWN)} more.
            </li>
          )}
        </ul>
      )}
      {children}
    </section>
  );
}
