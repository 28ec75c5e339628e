// Generates plausible names of publishers and images. Deterministic.
import { foldAlias } from '#lib/publishers/names/fold-alias.ts';

const FIRST =
  'amber birch cedar cloud coral delta ember fern flint forge frost grove harbor hazel iris jade juniper keel lark lumen maple meadow mint north oak ocean onyx opal orchid pine prairie quartz raven reed ridge river rowan sable sage shore slate solar spruce stone summit thistle timber umber velvet vista willow wren zephyr';
const SECOND =
  'base bay cast craft dale desk dock field flow gate grid hall hub labs line loft mark mill nest ops path peak point port press reach room side span stack stead tower trail vale vault view ware watch way wood works yard';
const SOFTWARE =
  'nginx redis postgres mysql mariadb mongodb kafka rabbitmq nats etcd consul vault traefik envoy haproxy caddy grafana prometheus loki tempo jaeger elasticsearch opensearch kibana logstash fluentd vector telegraf influxdb clickhouse cassandra scylla minio registry jenkins gitea drone tekton argo flux sonarqube nexus keycloak dex wordpress ghost drupal nextcloud mattermost rocketchat node python golang rust ruby php java dotnet deno bun alpine debian ubuntu busybox curl git terraform ansible helm kubectl k9s trivy syft cosign memcached varnish squid bind unbound coredns mosquitto zookeeper airflow spark flink superset metabase jupyter tensorflow pytorch ollama whisper ffmpeg imagemagick';
const SUFFIX = [
  ...['', '-exporter', '-operator', '-backup', '-proxy', '-server', '-agent', '-cli', '-ui', '-init', '-sidecar'],
  ...['-alpine', '-debug', '-builder', '-runner', '-gateway', '-controller', '-worker', '-migrate', '-tools'],
];
const PURPOSES = [
  'Small image for production',
  'Nightly backups of',
  'Metrics of',
  'Hardened build of',
  'Runs without root:',
  'With plugins that we use ourselves:',
  'Command-line tools for',
];

const [first, second, software] = [FIRST, SECOND, SOFTWARE].map((words) => words.split(' ')) as [
  string[],
  string[],
  string[],
];

/** Avoids names that look alike, which the database rejects. */
export function makeAliases(count: number): { name: string; foldedKey: string }[] {
  const taken = new Set<string>();
  const aliases: { name: string; foldedKey: string }[] = [];
  for (let i = 0; aliases.length < count; i += 1) {
    const round = Math.floor(i / (first.length * second.length));
    const pair = `${first[i % first.length]}${second[Math.floor(i / first.length) % second.length]}`;
    const name = round === 0 ? pair : `${pair}-${round + 1}`;
    const foldedKey = foldAlias(name);
    if (taken.has(foldedKey)) continue;
    taken.add(foldedKey);
    aliases.push({ name, foldedKey });
  }
  return aliases;
}

/** Names the `i`th repository of a publisher. `offset` differs per publisher. */
export function makeRepositoryName(i: number, offset: number): { name: string; description: string } {
  const at = i + offset * 7;
  const word = software[at % software.length] ?? '';
  const suffix = SUFFIX[Math.floor(i / software.length + offset) % SUFFIX.length] ?? '';
  const round = Math.floor(i / (software.length * SUFFIX.length));
  const purpose = PURPOSES[at % PURPOSES.length] ?? '';
  return { name: `${word}${suffix}${round === 0 ? '' : `/v${round + 1}`}`, description: `${purpose} ${word}.` };
}
