import type { Moved } from '#lib/repositories/usage/schema.ts';
import { consoleRepositoryLink } from '../links.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatBytes } from '../ui/format-number.ts';

const COLUMNS = ['Repository', 'Stored', 'Pulled', 'Pushed'];
export const MAX_USAGE_ROWS = 200;

type RepositoryUsage = Moved & { repository: string; storedBytes: number };

export function RepositoryUsageTable({ alias, repositories }: { alias: string; repositories: RepositoryUsage[] }) {
  if (repositories.length === 0) {
    return (
      <EmptyState title="No repositories yet">
        <p>Push an image, and its size and traffic appear here.</p>
      </EmptyState>
    );
  }
  return (
    <>
      <DenseTable columns={COLUMNS} label="Usage by repository" width="medium">
        {repositories.slice(0, MAX_USAGE_ROWS).map(({ repository, storedBytes, sentBytes, receivedBytes }) => (
          <DenseRow columns={COLUMNS} key={repository}>
            <th className="text-left font-normal" scope="row">
              <a className="link font-mono break-all" href={consoleRepositoryLink({ alias, name: repository })}>
                {repository}
              </a>
            </th>
            <td className="tabular-nums">{formatBytes(storedBytes)}</td>
            <td className="tabular-nums">{formatBytes(sentBytes)}</td>
            <td className="tabular-nums">{formatBytes(receivedBytes)}</td>
          </DenseRow>
        ))}
      </DenseTable>
      {repositories.length > MAX_USAGE_ROWS && (
        <p className="mt-2 text-sm text-muted">
          The largest {MAX_USAGE_ROWS} are shown. The export lists every repository that moved bytes.
        </p>
      )}
    </>
  );
}
