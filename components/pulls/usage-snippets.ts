// Configuration that uses an image or installs a chart.
import type { Kind } from '#lib/search/schema.ts';
import { chartReference, type PullTarget } from './pull-commands.ts';

export const SNIPPET_KINDS = [
  'install',
  'compose',
  'kubernetes',
  'dockerfile',
  'terraform',
  'release',
  'actions',
] as const;
export type SnippetKind = (typeof SNIPPET_KINDS)[number];

export const SNIPPET_LABELS: Record<SnippetKind, string> = {
  install: 'Helm install',
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  dockerfile: 'Dockerfile',
  terraform: 'Terraform',
  release: 'Terraform',
  actions: 'GitHub Actions',
};

const SNIPPETS_OF_KIND: Record<Kind, readonly SnippetKind[]> = {
  image: ['compose', 'kubernetes', 'dockerfile', 'terraform', 'actions'],
  chart: ['install', 'release'],
  artifact: [],
};

export function snippetsOf(kind: Kind): readonly SnippetKind[] {
  return SNIPPETS_OF_KIND[kind];
}

export function usageSnippet(kind: SnippetKind, { address, reference, isPlainHttp }: PullTarget): string {
  const image = 'tag' in reference ? `${address}:${reference.tag}` : `${address}@${reference.digest}`;
  const name = serviceName(address);
  switch (kind) {
    case 'install':
      return `helm install ${name} ${isPlainHttp ? '--plain-http ' : ''}oci://${chartReference(address, reference)}`;
    case 'compose':
      return lines('services:', `  ${name}:`, `    image: ${image}`);
    case 'kubernetes':
      return deployment(name, image);
    case 'dockerfile':
      return `FROM ${image}`;
    case 'terraform':
      return lines(
        'terraform {',
        '  required_providers {',
        '    docker = {',
        '      source = "kreuzwerker/docker"',
        '    }',
        '  }',
        '}',
        '',
        `resource "docker_image" "${identifier(name)}" {`,
        `  name = "${image}"`,
        '}',
      );
    case 'release':
      return release(name, chartReference(address, reference));
    case 'actions':
      return lines('jobs:', '  build:', '    runs-on: ubuntu-latest', '    container:', `      image: ${image}`);
  }
}

function deployment(name: string, image: string): string {
  return lines(
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  selector:',
    '    matchLabels:',
    `      app: ${name}`,
    '  template:',
    '    metadata:',
    '      labels:',
    `        app: ${name}`,
    '    spec:',
    '      containers:',
    `        - name: ${name}`,
    `          image: ${image}`,
  );
}

/** @param chart `ADDRESS --version VERSION` or `ADDRESS@DIGEST` */
function release(name: string, chart: string): string {
  const [address = '', version] = chart.split(' --version ');
  const head = [`resource "helm_release" "${identifier(name)}" {`];
  if (version === undefined) return lines(...head, `  name  = "${name}"`, `  chart = "oci://${address}"`, '}');
  return lines(...head, `  name    = "${name}"`, `  chart   = "oci://${address}"`, `  version = "${version}"`, '}');
}

const MAX_NAME_LENGTH = 53;

/** A DNS label that YAML can't take for anything but text. Helm allows 53 characters. */
function serviceName(address: string): string {
  const leaf = address.slice(address.lastIndexOf('/') + 1).replace(/[._]+/g, '-');
  const isText = /^[a-z][a-z0-9-]*$/.test(leaf) && !/^(?:true|false|null|yes|no|on|off|y|n)$/.test(leaf);
  return (isText ? leaf : `app-${leaf}`).slice(0, MAX_NAME_LENGTH).replace(/-+$/, '');
}

function identifier(name: string): string {
  return name.replaceAll('-', '_');
}

function lines(...all: string[]): string {
  return all.join('\n');
}
