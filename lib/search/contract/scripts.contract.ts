import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCUMENTS, IN_MANY_SCRIPTS } from './documents.ts';
import type { TestedIndex } from './tested-index.ts';

/** Tests words of any script. */
export function describeScripts(subject: TestedIndex): void {
  const { find, save } = subject;

  describe('in any script', () => {
    beforeAll(() => save(IN_MANY_SCRIPTS));
    afterAll(() => save(DOCUMENTS));

    test.each([
      ['数据库', 2],
      ['分布式', 2],
      ['データベース', 3],
      ['管理', 3],
      ['能', 3],
      ['cafe', 4],
      ['CAFÉ', 4],
      ['muller', 4],
      ['Müller', 4],
      ['naive ubung', 4],
      ['cafe\u0301', 4],
      ['데이터베이스', 5],
      ['관리', 5],
      ['ฐานข้อมูล', 6],
      ['базы', 1],
      ['берёза', 1],
      ['береза', 1],
      ['αναζητηση', 2],
      ['ΑΝΑΖΉΤΗΣΗΣ', 2],
      ['قاعده', 3],
      ['डेटाबेस', 5],
      ['東京開発', 6],
      ['開発', 6],
      ['lodz', 5],
      ['strasse', 4],
    ])('finds %s, with and without accents', async (query, repositoryId) => {
      const wanted = IN_MANY_SCRIPTS.find((document) => document.repositoryId === BigInt(repositoryId));
      const fullName = `${wanted?.aliases[0]}/${wanted?.name}`;
      expect(await find(query)).toEqual([fullName]);
      const { repositories } = await subject.index.suggest({ query, limit: 5 });
      expect(repositories.map((hit) => `${hit.alias}/${hit.name}`)).toContain(fullName);
      expect((await subject.index.countFacets({ query, filters: {} })).kind).toEqual([{ value: 'image', count: 1 }]);
    });

    test('suggests publishers', async () => {
      const suggest = async (query: string) =>
        (await subject.index.suggest({ query, limit: 5 })).publishers.map(({ alias }) => alias);
      expect(await suggest('東京')).toEqual(['six']);
      expect(await suggest('zolw')).toEqual(['five']);
      expect(await suggest('Żó')).toEqual(['five']);
    });

    test('finds nothing for absent words', async () => {
      for (const query of ['库据数', 'スベー', '数库', '犬', 'ฐานะ', '高可用数据库群'])
        expect(await find(query), query).toEqual([]);
    });
  });
}
