import type { Settings } from 'meilisearch';
import { MAX_COUNTED, MAX_FACET_VALUES } from '#lib/search/schema.ts';
import { allSynonyms } from '#lib/search/query/synonyms.ts';

/** Names outrank publishers, which outrank descriptions. Trust and popularity break ties. */
export const MEILISEARCH_SETTINGS: Settings = {
  searchableAttributes: [
    'leaf',
    'joined',
    'path',
    'aliases',
    'displayName',
    'summary',
    'keywords',
    'concepts',
    'aboutConcepts',
    'about',
  ],
  displayedAttributes: ['id'],
  filterableAttributes: [
    {
      attributePatterns: ['os', 'architecture', 'platform', 'category', 'licence', 'base'],
      features: { facetSearch: false, filter: { equality: true, comparison: false } },
    },
    {
      attributePatterns: ['kind', 'verified', 'signed', 'aliases', 'named', 'id'],
      features: { facetSearch: false, filter: { equality: true, comparison: false } },
    },
    {
      attributePatterns: ['pushedAt', 'size'],
      features: { facetSearch: false, filter: { equality: false, comparison: true } },
    },
  ],
  sortableAttributes: ['pulls', 'stars', 'pushedAt', 'name', 'id'],
  rankingRules: [
    ...['words', 'sort', 'typo', 'attributeRank', 'exactness', 'trust:desc', 'popularity:desc'],
    ...['proximity', 'wordPosition', 'pulls:desc'],
  ],
  typoTolerance: { minWordSizeForTypos: { oneTypo: 4, twoTypos: 8 }, disableOnNumbers: true },
  separatorTokens: ['/', '-', '_', '.', ':', '@'],
  synonyms: allSynonyms(),
  faceting: { maxValuesPerFacet: MAX_FACET_VALUES, sortFacetValuesBy: { '*': 'count' } },
  pagination: { maxTotalHits: MAX_COUNTED + 1 },
  searchCutoffMs: 500,
};
