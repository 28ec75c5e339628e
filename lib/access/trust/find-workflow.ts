import type { Principal } from '../schema.ts';
import type { KeptClaims } from './session-claims.ts';

/** A run of a pipeline, as the issuer of its token describes it. What it doesn't tell is missing. */
export type Workflow = {
  issuer: string;
  repository?: string;
  /** The workflow's file. */
  file?: string;
  commit?: string;
  run?: string;
  /** Whether anyone can see its repository, as far as the issuer tells. */
  isPublic?: true;
};

/** Claims in the order of preference: those of GitHub, GitLab, CircleCI and Buildkite. */
const CLAIMS = {
  repository: ['repository', 'project_path', 'oidc.circleci.com/vcs-origin', 'pipeline_slug'],
  file: ['job_workflow_ref', 'workflow_ref', 'ci_config_ref_uri', 'oidc.circleci.com/pipeline-definition-id'],
  commit: ['sha', 'build_commit'],
  run: ['run_id', 'pipeline_id', 'oidc.circleci.com/job-id', 'build_number'],
} as const satisfies Record<Exclude<keyof Workflow, 'issuer' | 'isPublic'>, readonly (keyof KeptClaims)[]>;

/** Finds the workflow behind a request. Null unless it is a session that a workload's token opened. */
export function findWorkflow(principal: Principal): Workflow | null {
  const claims = principal.kind === 'user' ? principal.roleSession?.claims : undefined;
  const issuer = claims?.iss;
  if (!claims || issuer === undefined) return null;
  const found = Object.entries(CLAIMS).map(([part, names]) => [
    part,
    names.map((name) => claims[name]).find((value) => value !== undefined),
  ]);
  return {
    issuer,
    ...(Object.fromEntries(found.filter(([, value]) => value !== undefined)) as Omit<Workflow, 'issuer' | 'isPublic'>),
    ...((claims.repository_visibility ?? claims.project_visibility) === 'public' && { isPublic: true }),
  };
}
