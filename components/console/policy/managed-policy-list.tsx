import type { ManagedPolicyView } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { policyLink } from '../../links.ts';
import { Chip } from '../../ui/chip.tsx';
import { NamedList, NamedRow } from '../../ui/named-list.tsx';

export function ManagedPolicyList({ policies, registryId }: { policies: ManagedPolicyView[]; registryId: string }) {
  return (
    <NamedList>
      {policies.map(({ reference, name, description, isAws, defaultVersion, attachmentCount }) => (
        <NamedRow
          chips={isAws ? <Chip>AWS</Chip> : <Chip title="The default version">v{defaultVersion}</Chip>}
          description={description}
          href={policyLink({ registry: registryId, policy: reference })}
          key={reference}
          name={name}
          use={attachmentCount === 0 ? 'Not attached' : `Attached to ${attachmentCount}`}
        />
      ))}
    </NamedList>
  );
}
