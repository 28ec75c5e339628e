// Generates a realistic gallery deterministically: official images, copies, companions, and many unrelated repositories.
import { EXAMPLE_DOCUMENT } from '#lib/search/example-document.ts';
import type { Kind, SearchDocument } from '#lib/search/schema.ts';
import { categoriesOf, licenceOf } from './product-categories.ts';
import { PRODUCTS, type Product } from './products.ts';
import { seededRandom, type Random } from './random.ts';
import { WORLD } from './world.ts';

/** A smaller corpus would have no room for the companions of products. */
export const MIN_CORPUS_SIZE = 5_000;

export type CorpusEntry = Omit<SearchDocument, 'repositoryId' | 'registryKey' | 'platforms'> & {
  /** The product it is or belongs to. Null for unrelated repositories. */
  product: Product | null;
  role: Role;
};

export const ROLES = ['official', 'copy', 'exporter', 'operator', 'backup', 'chart', 'ui', 'own'] as const;
export type Role = (typeof ROLES)[number];

type Companion = {
  role: Role;
  kind: Kind;
  name: (product: string) => string;
  description: (product: string) => string;
};

const COMPANIONS: Companion[] = [
  {
    role: 'exporter',
    kind: 'image',
    name: (product) => `${product}-exporter`,
    description: (product) => `Exports metrics of ${product} for Prometheus`,
  },
  {
    role: 'operator',
    kind: 'image',
    name: (product) => `${product}-operator`,
    description: (product) => `Operator that runs ${product} on Kubernetes`,
  },
  {
    role: 'backup',
    kind: 'image',
    name: (product) => `${product}-backup`,
    description: (product) => `Scheduled backup of ${product} to S3`,
  },
  {
    role: 'chart',
    kind: 'chart',
    name: (product) => `charts/${product}`,
    description: (product) => `Helm chart for ${product}`,
  },
  {
    role: 'ui',
    kind: 'image',
    name: (product) => `${product}-ui`,
    description: (product) => `Web interface for ${product}`,
  },
];

const PEOPLE = [
  'alex',
  'sam',
  'kim',
  'robin',
  'jo',
  'max',
  'lee',
  'chris',
  'dana',
  'pat',
  'toni',
  'noa',
  'mika',
  'sasha',
];
const GROUPS = ['labs', 'cloud', 'dev', 'works', 'systems', 'team', 'hq', 'stack', 'studio', 'ops', 'data', 'soft'];
const THINGS = [
  ...['billing', 'orders', 'payments', 'catalog', 'inventory', 'shipping', 'checkout', 'users', 'accounts', 'sessions'],
  ...['search', 'feed', 'media', 'images', 'video', 'reports', 'audit', 'events', 'metrics', 'alerts', 'invoices'],
  ...['weather', 'sensors', 'devices', 'fleet', 'maps', 'routes', 'tickets', 'calendar', 'contacts', 'notes', 'tasks'],
];
const SHAPES = [
  'api',
  'worker',
  'frontend',
  'backend',
  'gateway',
  'service',
  'cron',
  'web',
  'bot',
  'sync',
  'proxy',
  'cli',
];
const STACKS = ['python', 'node', 'go', 'java', 'rust', 'php', 'ruby', 'dotnet'];
const PLATFORMS = [['amd64'], ['arm64', 'amd64'], ['arm', 'arm64', 'amd64'], ['arm64']];
const DAY_MS = 86_400_000;
/** Share of copies that are pulled more often than the original. */
const POPULAR_COPIES = 0.03;

export function makeCorpus(size = MIN_CORPUS_SIZE, seed = 20_26): CorpusEntry[] {
  const random = seededRandom(seed);
  const entries: CorpusEntry[] = [
    ...PRODUCTS.map((product) => makeOfficial(random, product)),
    ...PRODUCTS.flatMap((product) => makeCopies(random, product)),
    ...PRODUCTS.flatMap((product) => makeCompanions(random, product)),
  ];
  const taken = new Set(entries.map(({ aliases, name }) => `${aliases[0]}/${name}`));
  while (entries.length < size) {
    const entry = makeOwn(random);
    const fullName = `${entry.aliases[0]}/${entry.name}`;
    if (taken.has(fullName)) continue;
    taken.add(fullName);
    entries.push(entry);
  }
  return [...entries, ...makeWorld()];
}

function makeOfficial(random: Random, product: Product): CorpusEntry {
  const { alias, publisher, name, magnitude, description } = product;
  return {
    ...traits(random, magnitude),
    aliases: [alias],
    name,
    displayName: publisher,
    description,
    kind: 'image',
    verified: true,
    architectures: ['arm64', 'amd64'],
    categories: categoriesOf(product),
    licences: [licenceOf(product)],
    about: `${name} by ${publisher}. It is used as a ${product.category}. Set the environment before the first start.`,
    signed: random.next() < 0.5,
    product,
    role: 'official',
  };
}

function makeCopies(random: Random, product: Product): CorpusEntry[] {
  return Array.from({ length: 2 + random.below(product.magnitude > 8 ? 8 : 4) }, (_, n) => {
    const magnitude = random.next() < POPULAR_COPIES ? product.magnitude + 0.5 : random.next() * 4;
    const isOwnVariant = random.next() < 0.4;
    return {
      ...traits(random, magnitude),
      aliases: [`${random.pick(PEOPLE)}${random.below(9_000)}${n}`],
      kind: 'image',
      verified: false,
      displayName: '',
      name: isOwnVariant
        ? `${product.name}-${random.pick(['custom', 'fork', 'test', 'arm', 'rootless'])}`
        : product.name,
      description: random.next() < 0.5 ? product.description : `My ${product.name}`,
      product,
      role: 'copy',
    };
  });
}

function makeCompanions(random: Random, product: Product): CorpusEntry[] {
  return COMPANIONS.filter(() => random.next() < 0.75).flatMap((companion) =>
    Array.from({ length: 1 + random.below(3) }, () => ({
      ...traits(random, 2 + random.next() * 4),
      aliases: [`${random.pick(THINGS)}-${random.pick(GROUPS)}${random.below(90)}`],
      kind: companion.kind,
      name: companion.name(product.name),
      description: companion.description(product.name),
      verified: random.next() < 0.1,
      displayName: '',
      product,
      role: companion.role,
    })),
  );
}

function makeOwn(random: Random): CorpusEntry {
  const [thing, shape, stack] = [random.pick(THINGS), random.pick(SHAPES), random.pick(STACKS)];
  const name = random.pick([
    `${thing}-${shape}`,
    `${shape}/${thing}`,
    `${thing}-${shape}-${stack}`,
    `${stack}-${thing}`,
  ]);
  const description = random.pick([
    `The ${shape} of our ${thing}, written in ${stack}`,
    `${thing} ${shape}`,
    `Internal ${thing} for the ${random.pick(GROUPS)} people`,
    '',
  ]);
  return {
    ...traits(random, random.next() * 3.5),
    aliases: [`${random.pick(PEOPLE)}-${random.pick(GROUPS)}${random.below(3_000)}`],
    name,
    description,
    kind: 'image',
    verified: random.next() < 0.02,
    displayName: '',
    product: null,
    role: 'own',
  };
}

function traits(random: Random, magnitude: number) {
  return {
    ...EXAMPLE_DOCUMENT,
    operatingSystems: [random.next() < 0.95 ? 'linux' : 'windows'],
    architectures: random.pick(PLATFORMS),
    signed: random.next() < 0.1,
    pullCount: Math.floor(10 ** magnitude),
    pushedAt: new Date(Date.now() - random.below(1_000) * DAY_MS),
  };
}

function makeWorld(): CorpusEntry[] {
  return WORLD.map(({ language, thing, description }) => ({
    ...EXAMPLE_DOCUMENT,
    aliases: [`world-${language}`],
    name: thing,
    description,
    pullCount: 10,
    pushedAt: new Date(Date.now() - DAY_MS),
    product: null,
    role: 'own',
  }));
}
