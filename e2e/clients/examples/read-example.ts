import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST } from '../../fixtures.ts';

const FOLDER = join(import.meta.dirname, '../../../deploy/examples');

export type Names = { alias: string; registryId?: string };

/** Reads a file of deploy/examples with the names of this test instead of those that a reader replaces. */
export function readExample(file: string, { alias, registryId = '' }: Names): string {
  return readFileSync(join(FOLDER, file), 'utf8')
    .replaceAll('https://$REGISTRY', 'http://$REGISTRY')
    .replaceAll('registry.example.org', HOST)
    .replaceAll('acme/app', `${alias}/app`)
    .replaceAll('123456789012', registryId);
}
