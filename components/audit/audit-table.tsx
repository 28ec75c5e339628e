import type { AuditEventView } from '#lib/events/read-audit.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { clientName } from '../ui/client-name.ts';
import { absoluteTime } from '../ui/time-ago.tsx';
import { AuditChange } from './audit-change.tsx';

type AuditTableProps = {
  events: AuditEventView[];
  hasClients: boolean;
  /** Returns the address of a page that explains a refusal. Null for other events. */
  explanationOf?: ((event: AuditEventView) => string | null) | undefined;
};

export function AuditTable({ events, hasClients, explanationOf }: AuditTableProps) {
  const columns = ['When', 'Who', 'Action', 'Target', 'Change', ...(hasClients ? ['Client'] : [])];
  return (
    <DenseTable columns={columns} label="Table of events" width="wide">
      {events.map((event) => {
        const { id, at, lastAt, count, actor, action, target, before, after, address, userAgent } = event;
        const explanation = explanationOf?.(event) ?? null;
        return (
          <DenseRow columns={columns} key={id}>
            <td className="whitespace-nowrap tabular-nums">
              <time dateTime={at.toISOString()}>{absoluteTime(at)}</time>
            </td>
            <td className="max-w-48 wrap-anywhere">{actor}</td>
            <th className="text-left font-semibold whitespace-nowrap" scope="row">
              {action}
              {count > 1 && (
                <span className="font-normal text-muted" title={`Last at ${absoluteTime(lastAt)}`}>
                  {' '}
                  × {count}
                </span>
              )}
            </th>
            <td className="max-w-64 font-mono text-xs wrap-anywhere">{target}</td>
            <td className="max-w-96 wrap-anywhere">
              <AuditChange after={after} before={before} />
              {explanation !== null && (
                <a className="link" href={explanation}>
                  Explain
                </a>
              )}
            </td>
            {hasClients && (
              <td className="max-w-56 text-xs break-words">
                {address && <span className="font-mono">{address}</span>}
                {userAgent && (
                  <span className="block text-muted" title={userAgent}>
                    {clientName(userAgent)}
                  </span>
                )}
              </td>
            )}
          </DenseRow>
        );
      })}
    </DenseTable>
  );
}
