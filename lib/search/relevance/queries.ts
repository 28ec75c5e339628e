// Generates queries and judges their answers. Judgements are derived from the corpus, none is made by hand.
import type { CorpusEntry, Role } from './corpus.ts';
import { categoriesOf, licenceOf } from './product-categories.ts';
import type { SearchFilters } from '../schema.ts';
import { PRODUCTS, type Product } from './products.ts';
import { seededRandom, type Random } from './random.ts';
import { WORLD } from './world.ts';

/** How well a repository answers a query: 3 is ideal, 0 is irrelevant. */
export type Gain = 0 | 1 | 2 | 3;
export type JudgedQuery = { query: string; filters?: SearchFilters; gainOf: (entry: CorpusEntry) => Gain };

export const QUERY_SETS = [
  'navigational',
  'typo',
  'separators',
  'intent',
  'descriptions',
  'categories',
  'licences',
  'trust',
  'reference',
  'scripts',
] as const;
export type QuerySet = (typeof QUERY_SETS)[number];

export function makeQueries(seed = 7): Record<QuerySet, JudgedQuery[]> {
  const random = seededRandom(seed);
  return {
    navigational: PRODUCTS.flatMap((product) => [
      official(product.name, product),
      official(`${product.alias}/${product.name}`, product),
    ]).slice(0, 300),
    typo: makeTypos(random),
    separators: makeSeparators(),
    intent: makeIntents(),
    descriptions: makeMisspelt(random),
    categories: makeCategories(),
    licences: makeLicences(),
    trust: PRODUCTS.slice(0, 60).map((product) => official(product.name, product)),
    reference: makeReferences(random),
    scripts: makeScripts(),
  };
}

function official(query: string, product: Product): JudgedQuery {
  return { query, gainOf: (entry) => (entry.role === 'official' && entry.product === product ? 3 : 0) };
}

const NEIGHBOURS: Record<string, string> = {
  a: 's',
  b: 'v',
  c: 'x',
  d: 'f',
  e: 'r',
  f: 'd',
  g: 'h',
  h: 'g',
  i: 'o',
  j: 'k',
  k: 'l',
  l: 'k',
  m: 'n',
  n: 'm',
  o: 'i',
  p: 'o',
  q: 'w',
  r: 't',
  s: 'a',
  t: 'r',
  u: 'y',
  v: 'b',
  w: 'e',
  x: 'c',
  y: 'u',
  z: 'x',
};

/** Omits or doubles a letter, swaps it with the next one, or hits a neighbouring key. */
const TYPOS: ((name: string, at: number) => string)[] = [
  (name, at) => name.slice(0, at) + name.slice(at + 1),
  (name, at) => name.slice(0, at) + name.charAt(at) + name.slice(at),
  (name, at) => name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2),
  (name, at) => name.slice(0, at) + (NEIGHBOURS[name.charAt(at)] ?? 'x') + name.slice(at + 1),
];

function makeTypos(random: Random): JudgedQuery[] {
  const names = new Set(PRODUCTS.map(({ name }) => name));
  const longEnough = PRODUCTS.filter(({ name }) => /^[a-z]{5,}$/.test(name));
  const queries: JudgedQuery[] = [];
  while (queries.length < 600) {
    const product = longEnough[queries.length % longEnough.length];
    const typo = TYPOS[queries.length % TYPOS.length];
    if (!product || !typo) break;
    const query = typo(product.name, 1 + random.below(product.name.length - 2));
    // Swapping equal letters is no typo, and some typos are another product's name.
    queries.push(official(names.has(query) ? product.name : query, product));
  }
  return queries;
}

function makeSeparators(): JudgedQuery[] {
  const compound = PRODUCTS.filter(({ name }) => name.includes('-'));
  return compound
    .flatMap((product) => [' ', '', '_', '.'].map((mark) => official(product.name.replaceAll('-', mark), product)))
    .slice(0, 200);
}

const ROLE_WORDS: [Role, string][] = [
  ['exporter', 'exporter'],
  ['exporter', 'metrics'],
  ['operator', 'operator'],
  ['operator', 'kubernetes operator'],
  ['backup', 'backup'],
  ['chart', 'helm chart'],
  ['ui', 'web interface'],
];

/** Queries for a product's companions, for a job, and for a job on a platform. */
function makeIntents(): JudgedQuery[] {
  const popular = [...PRODUCTS]
    .sort((a, b) => b.magnitude - a.magnitude)
    .filter(({ category }) => category !== 'base image');
  const companions = popular.slice(0, 56).map((product, n): JudgedQuery => {
    const [role, words] = ROLE_WORDS[n % ROLE_WORDS.length] ?? ['exporter', 'exporter'];
    return {
      query: `${product.name.replaceAll('-', ' ')} ${words}`,
      gainOf: (entry) => (entry.product !== product ? 0 : entry.role === role ? 3 : entry.role === 'official' ? 1 : 0),
    };
  });
  const categories = [...new Set(PRODUCTS.map(({ category }) => category))].slice(0, 48);
  const jobs = categories.map((category): JudgedQuery => ({ query: category, gainOf: doesJob(category) }));
  const machines = categories.slice(0, 16).map((category): JudgedQuery => ({
    query: `${category} arm64`,
    gainOf: (entry) => (entry.architectures.includes('arm64') ? doesJob(category)(entry) : 0),
  }));
  return [...companions, ...jobs, ...machines];
}

/** Judges by category or description. A copy is half an answer. */
function doesJob(category: string): (entry: CorpusEntry) => Gain {
  return ({ product, role, description }) => {
    const isFor = product?.category === category || description.toLowerCase().includes(category);
    if (!isFor) return 0;
    if (role === 'official') return 3;
    return role === 'copy' && description !== `My ${product?.name}` ? 1 : 0;
  };
}

/** Queries for a product by its publisher and a misspelt word that only its description has. */
function makeMisspelt(random: Random): JudgedQuery[] {
  const queries: JudgedQuery[] = [];
  for (const [at, product] of PRODUCTS.entries()) {
    const words = product.description.toLowerCase().match(/[a-z]{6,}/g) ?? [];
    const word = words.find((other) => !product.name.includes(other));
    const typo = TYPOS[at % TYPOS.length];
    if (!word || !typo) continue;
    const query = `${product.name} ${typo(word, 1 + random.below(word.length - 2))}`;
    queries.push(official(query, product));
  }
  return queries.slice(0, 100);
}

/** Queries for a job within a category. */
function makeCategories(): JudgedQuery[] {
  const pairs = PRODUCTS.flatMap((product) => categoriesOf(product).map((slug) => `${product.category}|${slug}`));
  return [...new Set(pairs)].slice(0, 40).map((pair): JudgedQuery => {
    const [job = '', slug = ''] = pair.split('|');
    const does = doesJob(job);
    const gainOf = (entry: CorpusEntry) => (entry.categories.includes(slug) ? does(entry) : 0);
    return { query: job, filters: { category: slug }, gainOf };
  });
}

/** Queries for a job under a licence. */
function makeLicences(): JudgedQuery[] {
  const pairs = PRODUCTS.map((product) => `${product.category}|${licenceOf(product)}`);
  return [...new Set(pairs)].slice(0, 40).map((pair): JudgedQuery => {
    const [job = '', licence = ''] = pair.split('|');
    const does = doesJob(job);
    const gainOf = (entry: CorpusEntry) => (entry.licences.includes(licence) ? does(entry) : 0);
    return { query: job, filters: { licence }, gainOf };
  });
}

function makeReferences(random: Random): JudgedQuery[] {
  const forms: ((fullName: string) => string)[] = [
    (name) => `${name}:1.27.3-alpine`,
    (name) => `docker pull gallery.example.org/${name}:latest`,
    (name) => `localhost:3000/${name}`,
    (name) => `https://gallery.example.org/${name}`,
    (name) => `oci://gallery.example.org/${name}`,
    (name) => `${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
  ];
  return Array.from({ length: 60 }, (_, n) => {
    const product = random.pick(PRODUCTS);
    const form = forms[n % forms.length] ?? ((name: string) => name);
    return official(form(`${product.alias}/${product.name}`), product);
  });
}

/** Words of descriptions in many scripts, typed without accents, without spaces or in capitals. */
function makeScripts(): JudgedQuery[] {
  return WORLD.flatMap(({ language, thing, queries }) =>
    queries.map((query): JudgedQuery => ({
      query,
      gainOf: ({ aliases, name }) => (aliases[0] === `world-${language}` && name === thing ? 3 : 0),
    })),
  );
}
