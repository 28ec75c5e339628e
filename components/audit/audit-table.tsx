import type { AuditEventView } from '#lib/catalog/read-audit.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { absoluteTime } from '../ui/time-ago.tsx';
import { AuditChange } from './audit-change.tsx';

type AuditTableProps = { events: AuditEventView[]; hasAddresses: boolean };

export function AuditTable({ events, hasAddresses }: AuditTableProps) {
  const columns = ['When', 'Who', 'Action', 'Target', 'Change', ...(hasAddresses ? ['Address'] : [])];
  return (
    <DenseTable columns={columns} label="Table of what happened" width="wide">
      {events.map(({ id, at, actor, action, target, before, after, address }) => (
        <DenseRow key={id}>
          <td className="whitespace-nowrap tabular-nums">
            <time dateTime={at.toISOString()}>{absoluteTime(at)}</time>
          </td>
          <td className="max-w-48 break-words">{actor}</td>
          <th className="text-left font-semibold whitespace-nowrap" scope="row">
            {action}
          </th>
          <td className="max-w-64 font-mono text-xs break-words">{target}</td>
          <td className="max-w-96">
            <AuditChange after={after} before={before} />
          </td>
          {hasAddresses && <td className="font-mono text-xs">{address}</td>}
        </DenseRow>
      ))}
    </DenseTable>
  );
}
