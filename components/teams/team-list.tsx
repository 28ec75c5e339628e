import type { TeamView } from '#lib/publishers/teams/team-queries.ts';
import { teamLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';
import { countOf } from '../ui/format-number.ts';
import { NamedList, NamedRow } from '../ui/named-list.tsx';

export function TeamList({ teams, registryId }: { teams: TeamView[]; registryId: string }) {
  return (
    <NamedList>
      {teams.map(({ name, description, memberCount, groups }) => (
        <NamedRow
          chips={groups.length > 0 && <Chip title={groups.join(', ')}>{countOf(groups.length, 'group')}</Chip>}
          description={description}
          href={teamLink({ registry: registryId, name })}
          key={name}
          name={name}
          use={memberCount === 0 ? 'No members' : countOf(memberCount, 'member')}
        />
      ))}
    </NamedList>
  );
}
