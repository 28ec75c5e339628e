// Docker Hub goes by several names, and its official images by shorter ones than it serves them under.

export const DOCKER_HUB = 'docker.io';

const ALIASES = /^(?:(?:index|registry-1)\.)?docker\.io(?::443)?$/;
const SERVED_AT = 'registry-1.docker.io';

/** The one name of an upstream: Docker Hub's aliases are `docker.io`, every other host is itself. */
export function canonicalHost(host: string): string {
  return ALIASES.test(host) ? DOCKER_HUB : host;
}

/** Where the registry of that name answers. */
export function servingHost(host: string): string {
  return canonicalHost(host) === DOCKER_HUB ? SERVED_AT : host;
}

/** `alpine` of Docker Hub is `library/alpine`; elsewhere a name of one component is itself. */
export function upstreamRepository(host: string, repository: string): string {
  const isOfficial = canonicalHost(host) === DOCKER_HUB && !repository.includes('/');
  return isOfficial ? `library/${repository}` : repository;
}
