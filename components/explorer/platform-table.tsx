import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { formatBytes } from '../ui/format-number.ts';
import { Chip } from '../ui/chip.tsx';
import { DigestLink } from './digest-link.tsx';

export type PlatformRow = {
  digest: string;
  /** `linux/arm64/v8`, or a description of another kind of entry. */
  name: string;
  /** Indexes may list blobs too. BuildKit caches do. */
  kind: 'manifest' | 'attestation' | 'blob';
  /** Compressed size. Null if the repository doesn't have it. */
  contentBytes: number | null;
  href: string | null;
};

/** The entries of an index, in order. */
export function PlatformTable({ rows }: { rows: PlatformRow[] }) {
  const listed = rows.some(({ kind }) => kind === 'blob') ? 'Digest' : 'Manifest';
  const columns = ['Platform', listed, 'Compressed', 'Stored here'];
  return (
    <DenseTable columns={columns} label="Table of platforms" width="narrow">
      {rows.map(({ digest, name, kind, contentBytes, href }, i) => (
        <DenseRow columns={columns} key={`${digest} ${i}`}>
          <th className="text-left font-normal" scope="row">
            {href === null ? (
              <span className="font-mono break-words">{name}</span>
            ) : (
              <a className="font-mono font-semibold break-words hover:underline" href={href}>
                {name}
              </a>
            )}{' '}
            {kind !== 'manifest' && <Chip>{kind}</Chip>}
          </th>
          <td>
            <DigestLink digest={digest} href={href} />
          </td>
          <td className="whitespace-nowrap tabular-nums">{contentBytes === null ? '–' : formatBytes(contentBytes)}</td>
          <td>{contentBytes === null ? 'not stored here' : 'Yes'}</td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
