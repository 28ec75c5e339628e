// Issuers that sign tokens for everybody. A trust policy that names one has to say whose workflows it means.

export type PublicIssuer = {
  name: string;
  issuer: string;
  /** Claims of which one must be compared with fixed values. Ids, because names can be given to somebody else. */
  claims: readonly string[];
};

/**
 * GitHub: https://docs.github.com/actions/concepts/security/openid-connect
 * GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication/
 * CircleCI issues one per organisation, Buildkite: https://buildkite.com/docs/pipelines/security/oidc
 */
export const PUBLIC_ISSUERS: readonly PublicIssuer[] = [
  {
    name: 'GitHub Actions',
    issuer: 'https://token.actions.githubusercontent.com',
    claims: ['repository_id', 'repository_owner_id', 'enterprise_id'],
  },
  { name: 'GitLab', issuer: 'https://gitlab.com', claims: ['project_id', 'namespace_id'] },
  { name: 'Buildkite', issuer: 'https://agent.buildkite.com', claims: ['organization_id', 'pipeline_id'] },
  { name: 'Google', issuer: 'https://accounts.google.com', claims: ['sub', 'azp'] },
];

export function findPublicIssuer(issuer: string): PublicIssuer | null {
  return PUBLIC_ISSUERS.find((one) => one.issuer === issuer) ?? null;
}

/** `https://host/path` as it stands in ARNs and condition keys: without the scheme. */
export function issuerName(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '');
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity */
export function providerName(registryId: string, issuer: string): string {
  return `arn:aws:iam::${registryId}:oidc-provider/${issuerName(issuer)}`;
}
