import type { SearchDocument } from './schema.ts';

/** A plain Linux image, to which tests add an id, an owner and a name. */
export const EXAMPLE_DOCUMENT: Omit<SearchDocument, 'repositoryId' | 'registryKey' | 'aliases' | 'name'> = {
  displayName: '',
  logoId: null,
  description: '',
  operatingSystems: ['linux'],
  architectures: ['amd64'],
  platforms: ['linux/amd64'],
  categories: [],
  licences: [],
  baseSystem: null,
  sizeBytes: null,
  about: '',
  kind: 'image',
  verified: false,
  signed: false,
  deprecated: false,
  pullCount: 0,
  starCount: 0,
  pushedAt: new Date(),
};
