// What a member's attached policies and those of their teams say, as the statements that find a membership read it.
import type { DerivedPolicy, StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import { formatPolicyLabel } from '#lib/access/attached/policy-labels.ts';
import { parsePolicyReference } from './schema.ts';

export type TeamPolicies = { name: string; policies: StoredPolicy[]; managedPolicies: string[] };

type Sources = {
  /** References to the member's own. */
  managedPolicies: string[];
  teams: TeamPolicies[];
  /** The texts of the registry's managed policies, by name. */
  texts: ReadonlyMap<string, string>;
};

/** Returns null if there is nothing. What several sources attach is named after the first, the member before the teams. */
export function derivePolicies({ managedPolicies, teams, texts }: Sources): string | null {
  const derived = new Map<string, DerivedPolicy>();
  const attach = (references: string[], team: string | null) => {
    for (const reference of [...references].sort()) {
      if (derived.has(reference)) continue;
      const { isAws, name } = parsePolicyReference(reference);
      const label = formatPolicyLabel({ name, kind: isAws ? 'aws' : 'managed', team });
      const policy = isAws ? undefined : texts.get(name);
      if (isAws || policy !== undefined) derived.set(reference, { name: label, policy });
    }
  };
  attach(managedPolicies, null);
  for (const team of [...teams].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    for (const { name, policy } of team.policies) {
      const label = formatPolicyLabel({ name, kind: 'inline', team: team.name });
      derived.set(label, { name: label, policy });
    }
    attach(team.managedPolicies, team.name);
  }
  return derived.size === 0 ? null : JSON.stringify([...derived.values()]);
}
