// The reserved names of a new site. Admins can change them.
import { ROUTE_WORDS } from './route-words.ts';
import type { ReservedKind, ReservedMatch } from '#lib/aliases/schema.ts';

type Group = { kind: ReservedKind; match: ReservedMatch; reason: string; names: string };

const GROUPS: Group[] = [
  {
    kind: 'service',
    match: 'folded',
    reason: 'The name of this software or one of its parts.',
    names:
      'vitrine gallery registry vitrine-registry vitrine-gallery official verified system root admin administrator support security abuse staff team help status',
  },
  {
    kind: 'service',
    match: 'folded',
    reason: 'The name of a cloud provider or one of its services.',
    names:
      'amazon aws ec2 ecr ecs eks lambda s3 azure gcp google-cloud googlecloud gcr gke microsoft cloudflare digitalocean heroku hetzner ibm-cloud oracle-cloud ovh scaleway vercel netlify fly-io',
  },
  {
    kind: 'service',
    match: 'prefix',
    reason: 'Names that start with a cloud provider’s name suggest that provider.',
    names: 'aws- amazon- azure- google- gcp-',
  },
  {
    kind: 'brand',
    match: 'folded',
    reason: 'The name of a well-known project or company.',
    names:
      'docker moby podman kubernetes k8s helm containerd cri-o istio envoy linkerd prometheus grafana jaeger fluentd argo argoproj flux tekton harbor quay zot github gitlab bitbucket gitea forgejo jenkins ' +
      'nginx apache httpd caddy traefik haproxy varnish postgres postgresql mysql mariadb mongodb mongo redis valkey memcached elasticsearch opensearch kibana cassandra couchbase couchdb neo4j influxdb clickhouse ' +
      'rabbitmq kafka nats pulsar debian ubuntu canonical fedora redhat centos rockylinux almalinux alpine archlinux opensuse suse nixos busybox bitnami hashicorp vault consul terraform packer ansible ' +
      'node nodejs python golang rust rust-lang ruby php openjdk java temurin eclipse dotnet swift elixir erlang perl haskell wordpress drupal ghost nextcloud mediawiki odoo moodle keycloak okta auth0 ' +
      'datadog newrelic dynatrace splunk elastic sentry sonarqube jetbrains mozilla apple google facebook meta netflix spotify airbnb uber stripe shopify salesforce sap oracle ibm intel amd nvidia cisco vmware broadcom samsung siemens bosch openai anthropic huggingface',
  },
  {
    kind: 'generic',
    match: 'folded',
    reason: 'A generic word that many publishers could want.',
    names:
      'test tests testing demo example examples sample samples public private library libraries image images container containers artifact artifacts chart charts app apps application applications base base-images ' +
      'cloud data database db web www server service services tool tools utils util common core dev devops prod production staging latest stable beta free open opensource community mirror mirrors proxy cache backup ci cd build builds release releases marketplace store',
  },
  {
    kind: 'blocked',
    match: 'folded',
    reason: "This name can't be used as an alias.",
    names:
      'null undefined none true false localhost anonymous nobody everyone all default me you scratch library-official malware virus phishing',
  },
];

export type StarterName = { name: string; kind: ReservedKind; match: ReservedMatch; reason: string; source: string };

export const STARTER_NAMES: readonly StarterName[] = [
  ...GROUPS.flatMap(({ names, ...group }) =>
    names.split(' ').map((name) => ({ ...group, name, source: 'starter list' })),
  ),
  ...ROUTE_WORDS.map(
    (name) =>
      ({
        name,
        kind: 'route',
        match: 'exact',
        reason: `/${name} is a page of this site.`,
        source: 'site routes',
      }) as const,
  ),
];
