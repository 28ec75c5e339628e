// Docker Hub's host aliases, and its short names for official images.

export const DOCKER_HUB = 'docker.io';

const ALIASES = /^(?:(?:index|registry-1)\.)?docker\.io(?::443)?$/;
const SERVED_AT = 'registry-1.docker.io';

/** Maps Docker Hub's aliases to `docker.io` and returns any other host unchanged. */
export function canonicalHost(host: string): string {
  return ALIASES.test(host) ? DOCKER_HUB : host;
}

/** Returns the host that serves the registry API. */
export function servingHost(host: string): string {
  return canonicalHost(host) === DOCKER_HUB ? SERVED_AT : host;
}

/** Expands Docker Hub's `alpine` to `library/alpine`. Other registries allow names of one component. */
export function upstreamRepository(host: string, repository: string): string {
  const isOfficial = canonicalHost(host) === DOCKER_HUB && !repository.includes('/');
  return isOfficial ? `library/${repository}` : repository;
}
