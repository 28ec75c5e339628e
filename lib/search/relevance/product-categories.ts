// The categories and licences of the corpus's products, as their publishers would choose them.
import type { Product } from './products.ts';

const CATEGORIES_OF: [slug: string, jobs: RegExp][] = [
  ['databases', /database|store$|cache|object storage|block storage|backup/],
  ['web-servers', /web server|proxy|ingress/],
  ['messaging', /broker|streaming/],
  ['monitoring', /monitoring|metrics|dashboards|log |tracing|alerting|telemetry|load testing/],
  ['networking', /dns|service mesh|networking|vpn|service discovery|proxy/],
  ['security', /secrets|security|vulnerability|policy|identity|password|certificates|sbom|authentication/],
  ['kubernetes', /autoscaler|gitops|orchestrator|cluster tools|container management|service mesh/],
  ['ci-cd', /continuous integration|gitops|image builder|artifact|container registry|container updates/],
  ['developer-tools', /git hosting|code quality|testing|mocking|api documentation|emulator|tools|automation$/],
  ['machine-learning', /language models|machine learning|notebooks|vector/],
  ['data-analytics', /data processing|analytics|scheduler|search engine|notebooks/],
  ['content-management', /content management|wiki|document management/],
  ['communication', /chat|conference|mail/],
  ['media', /media|photo|video|file s|download/],
  ['iot', /home automation|mqtt/],
  ['games', /game/],
  ['operating-systems', /base image/],
  ['languages', /language runtime/],
  ['api-management', /api gateway|graphql/],
];
const MAX = 3;

export function categoriesOf({ category }: Product): string[] {
  return CATEGORIES_OF.filter(([, jobs]) => jobs.test(category))
    .map(([slug]) => slug)
    .slice(0, MAX);
}

const LICENCES = ['Apache-2.0', 'MIT', 'BSD-3-Clause', 'GPL-3.0-only', 'AGPL-3.0-only', 'MPL-2.0'];

export function licenceOf({ name }: Product): string {
  return LICENCES[name.length % LICENCES.length] ?? 'MIT';
}
