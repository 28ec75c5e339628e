import type { ReactNode } from 'react';
import { evidenceName, type EvidenceKind } from '#lib/oci/evidence-kind.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import type { Evidence } from '#lib/distribution/pull/find-evidence.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { formatCount } from '../ui/format-number.ts';
import { DigestLink } from '../explorer/digest-link.tsx';

const MAX_SHOWN = 50;
const MAX_TYPE_LENGTH = 200;

export const EVIDENCE_TITLES: Record<Exclude<EvidenceKind, 'attestation'>, string> = {
  sbom: 'Bills of materials (SBOM)',
  provenance: 'Provenance',
  signature: 'Signatures',
  other: 'Other',
};
export type EvidenceGroup = keyof typeof EVIDENCE_TITLES;
const EVIDENCE_GROUPS = ['sbom', 'provenance', 'signature', 'other'] as const;
/** Names for the sentence that lists missing kinds. */
const MISSING_NAMES: Partial<Record<EvidenceGroup, string>> = {
  sbom: 'SBOM',
  provenance: 'provenance',
  signature: 'signature',
};

const MISSING_LIST = new Intl.ListFormat('en-GB', { type: 'disjunction' });

type EvidenceGroupsProps = {
  evidence: readonly Evidence[];
  repository: RepositoryLink;
  /** Platform names by digest. A digest that isn't listed is the image itself. */
  subjectNames: ReadonlyMap<string, string>;
  /** Shown below the items of a group. */
  footer?: (group: EvidenceGroup) => ReactNode;
};

/** Lists attached evidence by kind, then the missing kinds in one line. None of it is verified. */
export function EvidenceGroups({ evidence, repository, subjectNames, footer }: EvidenceGroupsProps) {
  const groups = EVIDENCE_GROUPS.map((group) => ({ group, items: ofGroup(evidence, group) }));
  const present = groups.filter(({ items }) => items.length > 0);
  const missing = groups.flatMap(({ group, items }) => (items.length > 0 ? [] : (MISSING_NAMES[group] ?? [])));
  return (
    <div className="grid grid-cols-1 gap-4">
      {present.map(({ group, items }) => (
        <section aria-labelledby={`evidence-${group}`} className="rounded-lg border border-line" key={group}>
          <h4 className="flex items-baseline gap-2 px-3 py-2 font-semibold" id={`evidence-${group}`}>
            {EVIDENCE_TITLES[group]}
            <span className="font-normal text-muted tabular-nums">{formatCount(items.length)}</span>
          </h4>
          <ul className="text-sm">
            {items.slice(0, MAX_SHOWN).map((item, i) => (
              <EvidenceItem
                about={subjectNames.get(item.subject)}
                item={item}
                key={`${item.digest} ${i}`}
                repository={repository}
              />
            ))}
            {items.length > MAX_SHOWN && (
              <li className="border-t border-line px-3 py-1.5 text-muted">
                And {formatCount(items.length - MAX_SHOWN)} more.
              </li>
            )}
          </ul>
          {footer?.(group)}
        </section>
      ))}
      {missing.length > 0 && <p className="text-muted">No {MISSING_LIST.format(missing)} attached.</p>}
    </div>
  );
}

/** Attestations without a group of their own fall under "Other". */
function ofGroup(evidence: readonly Evidence[], group: EvidenceGroup): Evidence[] {
  return evidence.filter(({ kind }) => (kind === 'attestation' ? 'other' : kind) === group);
}

type EvidenceItemProps = { item: Evidence; repository: RepositoryLink; about: string | undefined };

function EvidenceItem({ item, repository, about }: EvidenceItemProps) {
  const href = repositoryLink({ ...repository, item: { digest: item.digest } }, { document: item.document });
  const type = toVisibleText(item.type, MAX_TYPE_LENGTH);
  const isCosignTag = item.foundBy === 'tag' && item.kind === 'signature';
  const name = isCosignTag ? 'cosign signature' : (evidenceName(item.type) ?? type);
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 border-t border-line px-3 py-1.5">
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
        <a className="link font-medium break-all" href={href}>
          {name}
        </a>
        {name !== type && <span className="font-mono text-xs break-all text-muted">{type}</span>}
      </span>
      <span className="flex flex-wrap items-center gap-x-3 text-muted">
        {about !== undefined && <span className="break-all">for {about}</span>}
        <DigestLink digest={item.digest} href={null} />
      </span>
    </li>
  );
}
