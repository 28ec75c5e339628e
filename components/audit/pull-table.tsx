import type { AuditEventView } from '#lib/events/read-audit.ts';
import { machinePullsLink } from '../links.ts';
import { clientName } from '../ui/client-name.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { absoluteTime } from '../ui/time-ago.tsx';
import { shorten } from './audit-change.tsx';

type PullTableProps = { pulls: AuditEventView[]; registryId: string };

const COLUMNS = ['Image', 'When', 'Who', 'Machine', 'Credential'];

const CREDENTIALS: Record<string, string> = {
  access_token: 'Access token',
  access_key: 'Access key',
  refresh_token: 'Stored login',
  registry_token: 'Login',
};

/** Addresses and access keys link to what they pulled. */
export function PullTable({ pulls, registryId }: PullTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Table of pulls" width="wide">
      {pulls.map(({ id, at, lastAt, count, actor, target, after, address, userAgent, credential, accessKeyId }) => (
        <DenseRow columns={COLUMNS} key={id}>
          <th className="max-w-80 text-left font-mono text-xs font-semibold wrap-anywhere" scope="row">
            {target.includes('@') ? target.replace(/@.*/, (digest) => `@${shorten(digest.slice(1))}`) : target}
            {!target.includes('@') && <Digest value={after} />}
          </th>
          <td className="whitespace-nowrap tabular-nums">
            <time dateTime={at.toISOString()}>{absoluteTime(at)}</time>
            {count > 1 && (
              <span className="text-muted" title={`Last at ${absoluteTime(lastAt)}`}>
                {' '}
                × {count}
              </span>
            )}
          </td>
          <td className="max-w-48 wrap-anywhere">{actor}</td>
          <td className="max-w-56 text-xs break-words">
            {address ? <MachineLink machine={address} registryId={registryId} /> : 'Unknown'}
            {userAgent && (
              <span className="block text-muted" title={userAgent}>
                {clientName(userAgent)}
              </span>
            )}
          </td>
          <td className="max-w-56 text-xs break-words">
            {credential === null ? 'None' : (CREDENTIALS[credential] ?? credential)}
            {accessKeyId && (
              <span className="block">
                <MachineLink machine={accessKeyId} registryId={registryId} />
              </span>
            )}
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}

function Digest({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null || !('digest' in value)) return null;
  const { digest } = value;
  if (typeof digest !== 'string') return null;
  return (
    <span className="block font-normal text-muted" title={digest}>
      {shorten(digest)}
    </span>
  );
}

function MachineLink({ machine, registryId }: { machine: string; registryId: string }) {
  return (
    <a className="link font-mono" href={machinePullsLink({ registry: registryId, machine })}>
      {machine}
    </a>
  );
}
