import type { DeletionView } from '#lib/repositories/deletions/deletion-queries.ts';
import { ShortDigest } from '../tags/short-digest.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type DeletionTableProps = {
  deletions: DeletionView[];
  /** Returns null if the viewer may not restore it. */
  restore: (deletion: DeletionView) => FormAction | null;
};

const COLUMNS = ['Content', 'Deleted', 'By', 'Expires', 'Restore'];
const KIND = { tag: 'Tag', manifest: 'Manifest', repository: 'Repository' } as const;

/** Deletions that can be restored, latest first. */
export function DeletionTable({ deletions, restore }: DeletionTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Table of deleted content" width="wide">
      {deletions.map((deletion) => (
        <DenseRow columns={COLUMNS} key={deletion.id}>
          <th className="max-w-96 text-left font-normal break-words" scope="row">
            <span className="text-muted">{KIND[deletion.kind]}</span> <Name deletion={deletion} />
            <Remark deletion={deletion} />
          </th>
          <td>
            <TimeAgo date={deletion.deletedAt} />
          </td>
          <td className="max-w-48 break-words">{deletion.isByAdmin ? 'a site admin' : deletion.deletedBy}</td>
          <td>
            <TimeAgo date={deletion.expiresAt} />
          </td>
          <td>
            <RestoreCell about={targetOf(deletion)} action={restore(deletion)} />
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}

function Name({ deletion: { kind, fullName, tag, digest } }: { deletion: DeletionView }) {
  if (kind === 'tag') return <Mono>{`${fullName}:${tag}`}</Mono>;
  if (kind === 'repository' || digest === null) return <Mono>{fullName}</Mono>;
  return (
    <>
      <Mono>{fullName}</Mono> <ShortDigest digest={digest} />
    </>
  );
}

function Mono({ children }: { children: string }) {
  return <span className="font-mono font-semibold">{children}</span>;
}

function Remark({ deletion: { kind, digest, tags, reason } }: { deletion: DeletionView }) {
  if (reason !== null)
    return (
      <span className="block text-muted" dir="auto">
        {reason}
      </span>
    );
  if (kind === 'tag' && digest !== null) {
    return (
      <span className="block text-muted">
        Digest <ShortDigest digest={digest} />
      </span>
    );
  }
  if (tags.length === 0) return null;
  return (
    <span className="block text-muted">
      {tags.length === 1 ? 'Tag:' : 'Tags:'} {tags.join(', ')}
    </span>
  );
}

function RestoreCell({ about, action }: { about: string; action: FormAction | null }) {
  return action ? (
    <ButtonForm about={about} action={action} button="Restore" />
  ) : (
    <span className="text-muted">Ask an admin</span>
  );
}

function targetOf({ fullName, tag, digest }: DeletionView): string {
  if (tag !== null) return `${fullName}:${tag}`;
  return digest === null ? fullName : `${fullName}@${digest}`;
}
