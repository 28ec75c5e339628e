// Claims of a workload's token that outlive it with the session that it opened.
import { claimContext } from './claim-context.ts';
import { issuerName } from './public-issuers.ts';

/**
 * Says which workload, commit and run it was. Nested claims are joined by dots.
 * GitHub: https://docs.github.com/actions/reference/security/oidc
 * GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication/
 * CircleCI: https://circleci.com/docs/openid-connect-tokens/
 * Buildkite: https://buildkite.com/docs/agent/cli/reference/oidc
 */
export const SESSION_CLAIMS = [
  ...(['iss', 'sub'] as const),
  ...(['repository', 'repository_id', 'repository_owner', 'repository_owner_id'] as const),
  ...(['workflow', 'workflow_ref', 'job_workflow_ref', 'ref', 'sha', 'run_id', 'run_attempt', 'environment'] as const),
  ...(['project_path', 'project_id', 'namespace_path', 'namespace_id', 'pipeline_id', 'job_id'] as const),
  ...(['ci_config_ref_uri', 'ref_protected'] as const),
  ...(['repository_visibility', 'project_visibility'] as const),
  ...([
    'oidc.circleci.com/project-id',
    'oidc.circleci.com/org-id',
    'oidc.circleci.com/pipeline-definition-id',
  ] as const),
  ...(['oidc.circleci.com/vcs-origin', 'oidc.circleci.com/vcs-ref', 'oidc.circleci.com/job-id'] as const),
  ...(['organization_slug', 'organization_id', 'pipeline_slug', 'build_number', 'build_branch'] as const),
  ...(['build_commit', 'build_id', 'step_key'] as const),
  ...(['kubernetes.io.namespace', 'kubernetes.io.serviceaccount.name', 'kubernetes.io.serviceaccount.uid'] as const),
  ...(['kubernetes.io.pod.name', 'kubernetes.io.pod.uid'] as const),
] as const;

export type KeptClaims = Readonly<Record<string, string>>;

const MAX_CLAIM_LENGTH = 512;
/** Nothing that a page or a log would show as something else. */
const VISIBLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** Public pages show what these call public, so they have to come from the issuer. */
const VISIBILITY_CLAIMS: readonly string[] = ['repository_visibility', 'project_visibility'];

/**
 * Picks the claims of a verified token that its session keeps. Leaves out lists and what isn't visible text.
 * @param areKeysFetched whether the issuer gave the keys that the token was verified with
 */
export function keepClaims(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
  { areKeysFetched }: { areKeysFetched: boolean },
): KeptClaims {
  const values = claimContext(issuer, claims);
  const prefix = `${issuerName(issuer)}:`.toLowerCase();
  const names = SESSION_CLAIMS.filter((name) => areKeysFetched || !VISIBILITY_CLAIMS.includes(name));
  const kept = names.map((name) => [name, values[`${prefix}${name}`]] as const);
  return readSessionClaims(Object.fromEntries(kept)) ?? {};
}

/** Reads what a row has. Null for sessions that were opened without a token. */
export function readSessionClaims(stored: unknown): KeptClaims | null {
  if (typeof stored !== 'object' || stored === null) return null;
  return Object.fromEntries(
    Object.entries(stored).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && entry[1].length <= MAX_CLAIM_LENGTH && VISIBLE.test(entry[1]),
    ),
  );
}
