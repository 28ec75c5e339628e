import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENTS, WITH_ABOUTS } from './documents.ts';
import type { TestedIndex } from './tested-index.ts';

/** Tests what a query finds, and in which order. */
export function describeMatching(subject: TestedIndex): void {
  const { find, save } = subject;

  test('finds by alias, image name, description and publisher', async () => {
    expect(await find('zebra')).toEqual(['zebra/windows-tool']);
    expect(await find('windows-tool')).toContain('zebra/windows-tool');
    expect(await find('relational database')).toEqual(['other/db/postgres']);
    expect(await find('backup')).toEqual(['other/db/postgres']);
    expect(await find('acme tools')).toEqual(expect.arrayContaining(['acme/nginx', 'acme/kube-state-metrics']));
  });

  test('ranks an exact name first, whatever the popularity of others', async () => {
    expect((await find('nginx'))[0]).toBe('acme/nginx');
    expect((await find('acme/nginx'))[0]).toBe('acme/nginx');
    expect((await find('a1b2c3d4/nginx'))[0]).toBe('acme/nginx');
    expect((await find('postgres'))[0]).toBe('other/db/postgres');
  });

  test('ranks a deprecated repository below an equally trusted one, however popular', async () => {
    const [example] = DOCUMENTS;
    if (!example) throw new Error('no document');
    const mail = { ...example, name: 'mail', description: 'Mail server' };
    await save([
      { ...mail, repositoryId: 1n, aliases: ['old'], deprecated: true, pullCount: 90_000 },
      { ...mail, repositoryId: 2n, aliases: ['new'], pullCount: 3 },
      { ...mail, repositoryId: 3n, aliases: ['official'], deprecated: true, verified: true },
    ]);
    for (const query of ['mail', 'mail server', 'mial']) {
      expect(await find(query), query).toEqual(['official/mail', 'new/mail', 'old/mail']);
    }
    await save(DOCUMENTS);
  });

  test('tolerates a typo and any separator', async () => {
    expect(await find('ngnix')).toContain('acme/nginx');
    expect(await find('postgers')).toContain('other/db/postgres');
    for (const query of ['kube state metrics', 'kube_state_metrics', 'kubestatemetrics']) {
      expect((await find(query))[0], query).toBe('acme/kube-state-metrics');
    }
  });

  test('finds synonyms, ranked below the word itself', async () => {
    expect((await find('postgresql'))[0]).toBe('other/db/postgres');
    expect((await find('k8s state metrics'))[0]).toBe('acme/kube-state-metrics');
  });

  test('suggests a correction, and reports partial matches', async () => {
    const ask = (query: string) =>
      subject.index.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: 25 });
    expect(await ask('ngnix exporter')).toMatchObject({ correction: 'nginx exporter', isPartial: false });
    expect(await ask('nginx')).toMatchObject({ correction: null, isPartial: false });
    const partial = await ask('nginx unfindable');
    expect(partial.isPartial).toBe(true);
    expect(partial.hits[0]).toMatchObject({ alias: 'acme', name: 'nginx' });
    expect(await ask('xyzzy plugh')).toMatchObject({ hits: [], total: 0, correction: null, isPartial: false });
    expect(await ask('xyzzy')).toMatchObject({ hits: [], isPartial: false });
    expect((await ask('python312')).correction).toBeNull();
  });

  test('only ranks by an initial at the end', async () => {
    const found = await find('nginx e');
    expect(found).toContain('acme/nginx');
    expect(found[0]).toMatch(/nginx-exporter$/);
    expect(await find('nginx q')).toContain('acme/nginx');
  });

  test('drops words that nothing has before others', async () => {
    const { hits, isPartial } = await subject.index.search({
      query: 'nginx xyzzy exporter plugh',
      filters: {},
      sort: 'relevance',
      offset: 0,
      limit: 5,
    });
    expect(hits[0]?.name).toBe('nginx-exporter');
    expect(isPartial).toBe(true);
  });

  describe('in about texts and categories', () => {
    beforeAll(() => save(WITH_ABOUTS));
    afterAll(() => save(DOCUMENTS));

    test('finds words there, ranked below names and descriptions', async () => {
      expect(await find('kanban')).toEqual(['acme/kanban', 'acme/boards', 'acme/tickets']);
      expect(await find('databases')).toContain('acme/tickets');
    });

    test('finds what is meant by a phrase or its abbreviation', async () => {
      for (const query of ['issue tracker', 'bug tracking', 'jira alternative'])
        expect(await find(query), query).toContain('acme/tickets');
      expect(await find('erp')).toEqual(['acme/ledger']);
      expect(await find('quickbooks')).toEqual(['acme/ledger']);
    });

    test('corrects typos in descriptions', async () => {
      const { hits, correction } = await subject.index.search({
        query: 'accuonting bussiness',
        filters: {},
        sort: 'relevance',
        offset: 0,
        limit: 5,
      });
      expect(hits[0]?.name).toBe('ledger');
      expect(correction).toBe('accounting business');
    });

    test('finds compounds written as one word', async () => {
      expect(await find('workboards')).toContain('acme/boards');
    });

    test('may miss a word that few share, but not the rare one', async () => {
      const found = await find('accounting suite for penguins');
      expect(found[0]).toBe('acme/ledger');
      expect(found).not.toContain('acme/kanban');
    });
  });

  test('suggests repositories and publishers for a prefix', async () => {
    const suggest = async (query: string) => {
      const { repositories, publishers } = await subject.index.suggest({ query, limit: 5 });
      return {
        repositories: repositories.map((hit) => `${hit.alias}/${hit.name}`),
        publishers: publishers.map(({ alias }) => alias),
      };
    };
    expect((await suggest('n')).repositories).toContain('acme/nginx');
    expect((await suggest('ze')).repositories).toEqual(['zebra/windows-tool']);
    expect((await suggest('ngi')).repositories).toHaveLength(3);
    expect((await suggest('acme/ng')).repositories[0]).toBe('acme/nginx');
    expect((await suggest('kube-st')).repositories).toEqual(['acme/kube-state-metrics']);
    expect((await suggest('ac')).publishers).toEqual(['acme']);
    expect((await suggest('zebra 1')).publishers).toEqual(['zebra']);
    expect((await suggest('a1b2c3d4')).publishers).toEqual(['acme']);
    expect(await suggest('')).toEqual({ repositories: [], publishers: [] });
    const { publishers } = await subject.index.suggest({ query: 'acme', limit: 5 });
    expect(publishers[0]).toMatchObject({ displayName: 'Acme Tools', repositoryCount: 2, verified: false });
  });

  test('understands a pasted reference', async () => {
    for (const query of [
      'docker pull localhost:3000/acme/nginx:1.27',
      'registry.example.org/acme/nginx',
      'acme/nginx@sha256:00',
    ]) {
      expect((await find(query))[0], query).toBe('acme/nginx');
    }
  });
}
