// The upstreams that ECR knows by name.

type UpstreamRegistry =
  | 'ecr'
  | 'ecr-public'
  | 'quay'
  | 'k8s'
  | 'docker-hub'
  | 'github-container-registry'
  | 'azure-container-registry'
  | 'gitlab-container-registry'
  | 'chainguard';

const HOSTS: readonly (readonly [RegExp, UpstreamRegistry])[] = [
  [/^public\.ecr\.aws$/, 'ecr-public'],
  [/^registry\.k8s\.io$/, 'k8s'],
  [/^quay\.io$/, 'quay'],
  [/^docker\.io$/, 'docker-hub'],
  [/^ghcr\.io$/, 'github-container-registry'],
  [/^registry\.gitlab\.com$/, 'gitlab-container-registry'],
  [/\.azurecr\.io$/, 'azure-container-registry'],
  [/^cgr\.dev$/, 'chainguard'],
  [/\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/, 'ecr'],
];

/** Returns null for hosts that ECR doesn't support. */
export function upstreamRegistryOf(host: string): UpstreamRegistry | null {
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? null;
}
