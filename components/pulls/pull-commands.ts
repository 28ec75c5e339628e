// Pull commands by client.
import { tagToVersion } from '#lib/oci/reference.ts';
import type { Kind } from '#lib/search/schema.ts';

export const PULL_CLIENTS = ['docker', 'podman', 'nerdctl', 'ctr', 'skopeo', 'helm', 'oras'] as const;
export type PullClient = (typeof PULL_CLIENTS)[number];

export const CLIENT_LABELS: Record<PullClient, string> = {
  docker: 'Docker',
  podman: 'Podman',
  nerdctl: 'nerdctl',
  ctr: 'containerd (ctr)',
  skopeo: 'skopeo',
  helm: 'Helm',
  oras: 'ORAS',
};

const CLIENTS_OF_KIND: Record<Kind, readonly PullClient[]> = {
  image: ['docker', 'podman', 'nerdctl', 'ctr', 'skopeo'],
  chart: ['helm', 'oras', 'skopeo'],
  artifact: ['oras', 'skopeo'],
};

export function clientsOf(kind: Kind): readonly PullClient[] {
  return CLIENTS_OF_KIND[kind];
}

export type PullTarget = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  /** A tag carries its digest if that is known. */
  reference: { tag: string; digest?: string } | { digest: string };
  isPlainHttp: boolean;
};

/** Docker uses plain HTTP for local addresses by itself. All other clients need a flag. */
export function pullCommand(client: PullClient, { address, reference, isPlainHttp }: PullTarget): string {
  const image = 'tag' in reference ? `${address}:${reference.tag}` : `${address}@${reference.digest}`;
  const when = (flag: string) => (isPlainHttp ? `${flag} ` : '');
  switch (client) {
    case 'docker':
      return `docker pull ${image}`;
    case 'podman':
      return `podman pull ${when('--tls-verify=false')}${image}`;
    case 'nerdctl':
      return `nerdctl ${when('--insecure-registry')}pull ${image}`;
    case 'ctr':
      return `ctr images pull ${when('--plain-http')}${image}`;
    case 'skopeo':
      return `skopeo copy ${when('--src-tls-verify=false')}docker://${image} oci:${leafOf(address)}`;
    case 'oras':
      return `oras pull ${when('--plain-http')}${image}`;
    case 'helm':
      return `helm pull ${when('--plain-http')}oci://${chartReference(address, reference)}`;
  }
}

/** A version as Helm parses it. Helm accepts no other tag, such as `latest`. */
const CHART_VERSION = /^v?\d+(?:\.\d+){0,2}(?:-[0-9a-z.-]+)?(?:\+[0-9a-z.-]+)?$/i;

/** `ADDRESS --version VERSION`, or `ADDRESS@DIGEST` for a tag that isn't a version. */
export function chartReference(address: string, reference: PullTarget['reference']): string {
  const version = 'tag' in reference ? tagToVersion(reference.tag) : '';
  const isVersion = CHART_VERSION.test(version);
  if (!isVersion && reference.digest !== undefined) return `${address}@${reference.digest}`;
  return `${address} --version ${version}`;
}

function leafOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1);
}
