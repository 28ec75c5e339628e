// The docs say what the code does: tables are generated, and every path and link leads somewhere.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import GithubSlugger from 'github-slugger';
import { describe, expect, test } from 'vitest';
import { RANKS } from '../../.dependency-cruiser.mjs';
import { VARIABLES } from '#lib/config.ts';
import { COMMANDS } from '../commands/commands.ts';
import { envExample, fillTables, metricsBySection, namesInTables } from './doc-tables.ts';
import { fillHelmSchema } from './helm-schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const KIB = 1024;
const MAX_ROOM_README_LINES = 20;
/** A folder of lib/ with more files than this explains itself in a README. */
const MAX_FILES_WITHOUT_README = 10;
/** Folders of fixtures and of generated code. */
const IGNORED = /^(?:node_modules|\.next|\.data|test-results|lib\/testing\/fixtures|lib\/platform\/prisma)(?:\/|$)/;

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const pages = listFiles('').filter((file) => file.endsWith('.md'));
const roomReadmes = pages.filter((file) => /^lib\/.*README\.md$/.test(file));

function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (IGNORED.test(path) || entry.name === '.git') return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

describe('settings', () => {
  test('appear once each in docs/settings.md', () => {
    expect(namesInTables(read('docs/settings.md'), 'settings').sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  test('are documented in .env.example as `npm run docs` writes it', () => {
    expect(read('.env.example')).toBe(envExample(read('docs/settings.md')));
  });

  test('are in the schema of the Helm chart as `npm run docs` writes it', () => {
    const schema = read('deploy/helm/vitrine/values.schema.json');
    expect(JSON.parse(schema)).toEqual(JSON.parse(fillHelmSchema(schema)));
  });
});

test('every command appears once in docs/commands.md', () => {
  expect(namesInTables(read('docs/commands.md'), 'commands').sort()).toEqual(Object.keys(COMMANDS).sort());
});

test('every section of metrics appears once in docs/metrics.md', () => {
  expect(namesInTables(read('docs/metrics.md'), 'metrics').sort()).toEqual(Object.keys(metricsBySection()).sort());
});

test.each(['docs/settings.md', 'docs/commands.md', 'docs/metrics.md'])(
  'the tables of %s are as `npm run docs` writes them',
  (file) => {
    // Prettier pads the cells.
    const squeeze = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').replaceAll(/\n+/g, '\n');
    expect(squeeze(read(file))).toBe(squeeze(fillTables(read(file))));
  },
);

test('decisions have a number each, as in their titles', () => {
  const decisions = pages.filter((file) => file.startsWith('docs/decisions/'));
  const numbers = decisions.map((file) => Number(/\/(\d{4})-/.exec(file)?.[1]));
  expect(new Set(numbers).size).toBe(decisions.length);
  expect(decisions.map((file) => Number(/^# (\d+)\. /.exec(read(file))?.[1]))).toEqual(numbers);
});

test('every test that docs/faults.md names exists', () => {
  const named = [...read('docs/faults.md').matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.(?:test|spec)\.ts)\)/g)];
  expect(named.length).toBeGreaterThan(40);
  const absent = named.filter(([, title = '', file = '']) => !hasTest(read(file), title)).map(([link]) => link);
  expect(absent).toEqual([]);
});

/** Knows titles such as `continues after %s`, which stand for several tests. */
function hasTest(source: string, title: string): boolean {
  if (source.includes(title)) return true;
  const templates = [...source.matchAll(/(['`])((?:(?!\1).)*(?:%s|\$\{)(?:(?!\1).)*)\1,\s/g)];
  return templates.some(([, , template = '']) => {
    const fixed = template.split(/%s|\$\{.+?\}/);
    const [start = '', end = ''] = [fixed[0], fixed.at(-1)];
    return start.length + end.length > 20 && title.startsWith(start) && title.endsWith(end);
  });
}

describe('links', () => {
  test.each(pages)('%s links to pages and headings that exist', (page) => {
    const broken = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^(?:https?|mailto):/.test(link) && !resolves(page, link));
    expect(broken).toEqual([]);
  });

  function resolves(page: string, link: string): boolean {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return false;
    return anchor === undefined || listAnchors(read(target)).includes(anchor);
  }

  function listAnchors(text: string): string[] {
    const slugger = new GithubSlugger();
    return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugger.slug(heading.replaceAll('`', '')));
  }
});

describe('paths', () => {
  // Link texts are covered by the links.
  const PATH = /(?<!\[)`((?:[\w.@[\]-]+\/)*[\w.[\]-]+\/?)`/g;
  const LOOKS_LIKE_PATH = /^[a-z].*\/|\.(?:ts|tsx|mjs|md|prisma|sql)$/;

  /** Rooms that don't exist yet. CONTRIBUTING.md explains how to build them. */
  const PLANNED = ['lib/api/aws/'];

  // A path starts at the root, in lib/, or in the folder of a README.
  function isThere(page: string, path: string): boolean {
    return [ROOT, join(ROOT, 'lib'), join(ROOT, dirname(page))].some((base) => existsSync(join(base, path)));
  }

  test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...roomReadmes])(
    '%s names files that exist',
    (page) => {
      const paths = [...read(page).matchAll(PATH)]
        .map(([, path = '']) => path)
        .filter((path) => LOOKS_LIKE_PATH.test(path));
      expect(paths.filter((path) => !isThere(page, path) && !PLANNED.includes(path))).toEqual([]);
    },
  );
});

test('ARCHITECTURE.md shows the ranks that imports are held to', () => {
  const rows = [...read('ARCHITECTURE.md').matchAll(/^\| (\d+) +\| (`[^|]+`) +\|/gm)];
  expect(rows.map(([, rank = '']) => Number(rank))).toEqual(RANKS.map((_, index) => index + 1));
  expect(rows.map(([, , rooms = '']) => rooms.replaceAll('`', '').split(', '))).toEqual(RANKS);
});

describe('sizes', () => {
  test.each([
    ['README.md', 5 * KIB],
    ['ARCHITECTURE.md', 10 * KIB],
  ])('%s has at most %i bytes', (file, maxBytes) => {
    expect(statSync(join(ROOT, file)).size).toBeLessThanOrEqual(maxBytes);
  });

  test('every large folder of lib/ has a short README', () => {
    const folders = readdirSync(join(ROOT, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const large = folders
      .map(({ name }) => join('lib', name))
      .filter((folder) => listFiles(folder).length > MAX_FILES_WITHOUT_README && !IGNORED.test(folder));
    expect(large.length).toBeGreaterThan(10);
    const silent = large.filter((folder) => !existsSync(join(ROOT, folder, 'README.md')));
    expect(silent).toEqual([]);
    const long = roomReadmes.filter((file) => read(file).trimEnd().split('\n').length > MAX_ROOM_README_LINES);
    expect(long.map((file) => relative('lib', file))).toEqual([]);
  });
});
