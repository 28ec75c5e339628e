// Trust policies to start from. They compare ids, because names can be given to somebody else. Browser-safe.
import { z } from 'zod';
import { issuerName, providerName } from '#lib/access/trust/public-issuers.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { issuerSchema } from '#lib/publishers/identity-providers/schema.ts';

export const TRUST_SAMPLES = ['registry', 'github', 'gitlab', 'circleci', 'buildkite', 'kubernetes'] as const;
export type TrustSample = (typeof TRUST_SAMPLES)[number];

export const TRUST_SAMPLE_TITLES: Record<TrustSample, string> = {
  registry: 'Another registry',
  github: 'GitHub Actions',
  gitlab: 'GitLab',
  circleci: 'CircleCI',
  buildkite: 'Buildkite',
  kubernetes: 'Kubernetes service account',
};

export type SampleField = { name: string; label: string; hint?: string; isOptional?: boolean; start?: string };

/** What the registry needs for the policy to be saved. */
export type NeededProvider = { issuer: string; audiences: string[] };
export type WrittenSample = { policy: string; provider: NeededProvider | null };
export type SampleAnswer = { written: WrittenSample } | { fieldErrors: Record<string, string> };
type Owner = { registryId: string };

const GITHUB = 'https://token.actions.githubusercontent.com';
const BUILDKITE = 'https://agent.buildkite.com';
/** What the AWS SDKs and actions ask for. */
const AUDIENCE = 'sts.amazonaws.com';
const MAX_LENGTH = 255;

const optional = oneLine(MAX_LENGTH).default('');
const numericId = z.string().regex(/^[1-9]\d{0,18}$/, 'Enter the numeric id.');
const uuid = z.guid('Enter the id: 32 hexadecimal digits with hyphens.').toLowerCase();
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const kubernetesName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'Enter a name of Kubernetes.');

const registrySchema = z.object({
  registry: z.string().regex(/^\d{12}$/, 'Enter the 12 digits of the registry.'),
  externalId: optional,
});
const githubSchema = z.object({ repositoryId: numericId, ref: optional, environment: optional });
const gitlabSchema = z.object({ issuer: issuerSchema, projectId: numericId, ref: optional });
const circleSchema = z.object({ organizationId: uuid, projectId: uuid });
const buildkiteSchema = z.object({ pipelineId: uuid, branch: optional });
const kubernetesSchema = z.object({ issuer: issuerSchema, namespace: kubernetesName, serviceAccount: kubernetesName });

type Preset = {
  fields: SampleField[];
  schema: z.ZodType<Record<string, string>>;
  write: (values: Record<string, string>, owner: Owner) => WrittenSample;
};

/** Ties a preset's fields to what writes its policy. */
function preset<Schema extends z.ZodType<Record<string, string>>>(
  schema: Schema,
  write: (values: z.output<Schema>, owner: Owner) => WrittenSample,
  fields: (SampleField & { name: keyof z.output<Schema> & string })[],
): Preset {
  return { fields, schema, write: (values, owner) => write(schema.parse(values), owner) };
}

const ISSUER_HINT = 'As in the claim iss of its tokens';

const PRESETS: Record<TrustSample, Preset> = {
  registry: preset(registrySchema, trustRegistry, [
    {
      name: 'registry',
      label: 'Registry ID',
      hint: '12 digits. Its owners, maintainers and their robots can assume the role',
    },
    { name: 'externalId', label: 'External ID', hint: 'For somebody who acts for several customers', isOptional: true },
  ]),
  github: preset(githubSchema, trustGithub, [
    { name: 'repositoryId', label: 'Repository ID', hint: 'A number: gh api repos/OWNER/NAME --jq .id' },
    { name: 'ref', label: 'Ref', hint: 'Such as refs/heads/main', start: 'refs/heads/main', isOptional: true },
    { name: 'environment', label: 'Environment', hint: 'Such as production', isOptional: true },
  ]),
  gitlab: preset(gitlabSchema, trustGitlab, [
    { name: 'issuer', label: 'Issuer', hint: 'The address of your GitLab', start: 'https://gitlab.com' },
    { name: 'projectId', label: 'Project ID', hint: 'A number, in the menu of the project’s page' },
    { name: 'ref', label: 'Branch', hint: 'Any protected branch or tag without it', isOptional: true },
  ]),
  circleci: preset(circleSchema, trustCircle, [
    { name: 'organizationId', label: 'Organization ID', hint: 'In the organization’s settings' },
    { name: 'projectId', label: 'Project ID', hint: 'In the project’s settings' },
  ]),
  buildkite: preset(buildkiteSchema, trustBuildkite, [
    { name: 'pipelineId', label: 'Pipeline ID', hint: 'In the pipeline’s settings, or BUILDKITE_PIPELINE_ID of a job' },
    { name: 'branch', label: 'Branch', hint: 'Such as main', isOptional: true },
  ]),
  kubernetes: preset(kubernetesSchema, trustKubernetes, [
    { name: 'issuer', label: 'Issuer', hint: ISSUER_HINT },
    { name: 'namespace', label: 'Namespace' },
    { name: 'serviceAccount', label: 'Service account' },
  ]),
};

export function sampleFields(sample: TrustSample): readonly SampleField[] {
  return PRESETS[sample].fields;
}

/** Writes the trust policy of a preset. `values`: by the names of its fields. */
export function writeTrustSample(sample: TrustSample, values: Record<string, string>, owner: Owner): SampleAnswer {
  const { schema, write } = PRESETS[sample];
  const parsed = schema.safeParse(values);
  if (parsed.success) return { written: write(values, owner) };
  const fieldErrors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) fieldErrors[path.join('.')] ??= message;
  return { fieldErrors };
}

export function trustRegistry({ registry, externalId }: z.output<typeof registrySchema>): WrittenSample {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: registry },
    Action: 'sts:AssumeRole',
    ...(externalId !== '' && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  };
  return { policy: toText(statement), provider: null };
}

/** A workflow for `pull_request_target` runs with the ref of the base branch, on behalf of the person who opened the request. */
export function trustGithub(
  { repositoryId, ref, environment }: z.output<typeof githubSchema>,
  owner: Owner,
): WrittenSample {
  const claims = { repository_id: repositoryId, ref, environment };
  return trustTokens({ issuer: GITHUB, claims, refused: { event_name: 'pull_request_target' } }, owner);
}

/** Branches that aren't protected can be pushed by any developer. */
export function trustGitlab({ issuer, projectId, ref }: z.output<typeof gitlabSchema>, owner: Owner): WrittenSample {
  const claims = { project_id: projectId, ref_protected: 'true', ref, ref_type: ref && 'branch' };
  return trustTokens({ issuer, claims }, owner);
}

/** CircleCI's tokens are for the organization. https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */
export function trustCircle({ organizationId, projectId }: z.output<typeof circleSchema>, owner: Owner): WrittenSample {
  const issuer = `https://oidc.circleci.com/org/${organizationId}`;
  const claims = { 'oidc.circleci.com/project-id': projectId };
  return trustTokens({ issuer, claims, audience: organizationId }, owner);
}

export function trustBuildkite({ pipelineId, branch }: z.output<typeof buildkiteSchema>, owner: Owner): WrittenSample {
  return trustTokens({ issuer: BUILDKITE, claims: { pipeline_id: pipelineId, build_branch: branch } }, owner);
}

/** A cluster's issuer is its own, so the subject names nobody else's. */
export function trustKubernetes(
  { issuer, namespace, serviceAccount }: z.output<typeof kubernetesSchema>,
  owner: Owner,
): WrittenSample {
  return trustTokens({ issuer, claims: { sub: `system:serviceaccount:${namespace}:${serviceAccount}` } }, owner);
}

type TrustedTokens = {
  issuer: string;
  /** Empty ones aren't compared. */
  claims: Record<string, string>;
  refused?: Record<string, string>;
  audience?: string;
};

function trustTokens(
  { issuer, claims, refused, audience = AUDIENCE }: TrustedTokens,
  { registryId }: Owner,
): WrittenSample {
  const toKeys = (values: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([claim, value]) =>
        value === '' ? [] : [[`${issuerName(issuer)}:${claim}`, value]],
      ),
    );
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: providerName(registryId, issuer) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: toKeys(claims), ...(refused && { StringNotEquals: toKeys(refused) }) },
  };
  return { policy: toText(statement), provider: { issuer, audiences: [audience] } };
}

function toText(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);
}
