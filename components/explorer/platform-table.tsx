import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { formatBytes } from '../ui/format-number.ts';
import { Chip } from '../ui/chip.tsx';
import { DigestLink } from './digest-link.tsx';

export type PlatformRow = {
  digest: string;
  /** `linux/arm64/v8`, or what else it is. */
  name: string;
  isAttestation: boolean;
  /** Compressed; null: the repository does not have the manifest. */
  contentBytes: number | null;
  href: string | null;
};

/** What an index lists, in its order. */
export function PlatformTable({ rows }: { rows: PlatformRow[] }) {
  return (
    <DenseTable columns={['Platform', 'Manifest', 'Compressed', 'Here']} label="Platforms" width="narrow">
      {rows.map(({ digest, name, isAttestation, contentBytes, href }, i) => (
        <DenseRow key={`${digest} ${i}`}>
          <th className="text-left font-normal" scope="row">
            {href === null ? (
              <span className="font-mono break-words">{name}</span>
            ) : (
              <a className="font-mono font-semibold break-words hover:underline" href={href}>
                {name}
              </a>
            )}{' '}
            {isAttestation && <Chip>attestation</Chip>}
          </th>
          <td>
            <DigestLink digest={digest} href={href} />
          </td>
          <td className="whitespace-nowrap tabular-nums">{contentBytes === null ? '–' : formatBytes(contentBytes)}</td>
          <td>{contentBytes === null ? 'not stored here' : 'yes'}</td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
