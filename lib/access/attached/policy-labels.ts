// How decisions name identity policies: `policy NAME` for a member's own, `policy managed:NAME` for a managed policy of the
// registry, `policy aws:NAME` for one of AWS, and `policy team:TEAM/…` for what a team has. Browser-safe.

export const IDENTITY_POLICY = 'policy';

export type PolicyLabel = {
  name: string;
  kind: 'inline' | 'managed' | 'aws';
  /** The team whose policy it is. Null if it is the principal's own. */
  team: string | null;
};

const IDENTITY_LABEL = /^policy (?:team:([^/]+)\/)?(?:(managed|aws):)?(.+)$/;

/** Returns the name without `policy `. Names of policies and teams have no colon or slash. */
export function formatPolicyLabel({ name, kind, team }: PolicyLabel): string {
  return `${team === null ? '' : `team:${team}/`}${kind === 'inline' ? '' : `${kind}:`}${name}`;
}

/** Returns null for what isn't an identity policy. */
export function parsePolicyLabel(policy: string): PolicyLabel | null {
  const [, team = null, kind = 'inline', name] = IDENTITY_LABEL.exec(policy) ?? [];
  return name === undefined ? null : { name, kind: kind === 'managed' || kind === 'aws' ? kind : 'inline', team };
}

/** For sentences, such as `managed policy ci-push of the team release`. Null for what isn't an identity policy. */
export function wordIdentityPolicy(policy: string): string | null {
  const label = parsePolicyLabel(policy);
  if (!label) return null;
  const kind = { inline: 'policy', managed: 'managed policy', aws: 'AWS policy' }[label.kind];
  return `${kind} ${label.name}${label.team === null ? '' : ` of the team ${label.team}`}`;
}
