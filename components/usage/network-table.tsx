import { NETWORK_NAMES, NETWORKS, type Moved, type NetworkClass } from '#lib/repositories/usage/schema.ts';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { formatBytes } from '../ui/format-number.ts';

const COLUMNS = ['Clients', 'Pulled', 'Pushed'];

export function NetworkTable({ networks }: { networks: Record<NetworkClass, Moved> }) {
  return (
    <div className="mt-4">
      <DenseTable columns={COLUMNS} label="Traffic by network" width="narrow">
        {NETWORKS.map((network) => (
          <DenseRow columns={COLUMNS} key={network}>
            <th className="text-left font-normal" scope="row">
              {NETWORK_NAMES[network]}
            </th>
            <td className="tabular-nums">{formatBytes(networks[network].sentBytes)}</td>
            <td className="tabular-nums">{formatBytes(networks[network].receivedBytes)}</td>
          </DenseRow>
        ))}
      </DenseTable>
    </div>
  );
}
