import { expect, test } from 'vitest';
import { allSynonyms, alternativesOf, conceptFor, conceptsIn, isOptional, synonymsOf } from './synonyms.ts';

test('a synonym means the same in both directions', () => {
  expect(synonymsOf(['k8s'])).toContain('kubernetes');
  expect(synonymsOf(['kubernetes'])).toContain('k8s');
  expect(synonymsOf(['enterprise', 'resource', 'planning'])).toEqual(['erp']);
});

test('an answer is no synonym of what it answers', () => {
  expect(alternativesOf(['jira'])).toContain('project management');
  expect(synonymsOf(['jira'])).toEqual([]);
  expect(alternativesOf(['project', 'management'])).not.toContain('jira');
});

test('a term has the answers of its synonyms', () => {
  expect(alternativesOf(['bug', 'tracker'])).toEqual(expect.arrayContaining(['issue tracker', 'project management']));
});

test('an alternative to a product is another of its class', () => {
  const asked = ['redis alternative', 'redis replacement', 'alternative to redis', 'replacements to redis'];
  for (const query of asked) expect(alternativesOf(query.split(' '))).toContain('key value');
  expect(alternativesOf(['redis'])).not.toContain('key value');
  expect(alternativesOf(['dropbox', 'alternative'])).toEqual(expect.arrayContaining(alternativesOf(['dropbox'])));
});

test('plural and singular are the same term', () => {
  expect(alternativesOf(['load', 'balancers'])).toEqual(alternativesOf(['load', 'balancer']));
  expect(alternativesOf(['load', 'balancers'])).not.toEqual([]);
});

test('an unknown word has nothing', () => {
  for (const word of ['xyzzy', 'constructor', '__proto__', '']) expect(alternativesOf([word])).toEqual([]);
});

test('a text states a phrase, and answers others', () => {
  const { stated, answered } = conceptsIn('Relational databases with a web interface');
  expect(stated).toContain(conceptFor(['relational', 'database']));
  expect(stated).toContain(conceptFor(['gui']));
  expect(answered).toContain(conceptFor(['database', 'gui']));
  expect(conceptsIn('The database is relational')).toEqual({ stated: [], answered: expect.anything() as string[] });
});

test('words between the words of a phrase are allowed, but few', () => {
  const sharing = conceptFor(['file', 'sharing']);
  const all = (text: string) => Object.values(conceptsIn(text)).flat();
  expect(all('Share your files')).toContain(sharing);
  expect(all('Share what you like, even files')).not.toContain(sharing);
});

test('Meilisearch gets words only', () => {
  for (const [word, others] of Object.entries(allSynonyms())) {
    for (const each of [word, ...others]) expect(each).toMatch(/^[\p{L}\p{N}]+$/u);
  }
});

test('words of any software are optional', () => {
  expect(['alternative', 'server', 'docker'].every(isOptional)).toBe(true);
  expect(['postgres', 'database', 'mail'].some(isOptional)).toBe(false);
});
