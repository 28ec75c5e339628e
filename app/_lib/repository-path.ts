import type { RepositoryTab } from '#components/links.ts';
import { isName } from '#lib/oci/name.ts';

export type RepositoryPath = { alias: string; name: string; tab: RepositoryTab };

const TABS: readonly RepositoryTab[] = ['usage', 'tags', 'insights'];

/** `/ALIAS/NAME` or `/ALIAS/NAME/-/TAB`, where NAME may have slashes of its own; null for anything else. */
export function parseRepositoryPath(alias: string, path: string[]): RepositoryPath | null {
  const end = path.indexOf('-');
  const name = path.slice(0, end < 0 ? undefined : end).join('/');
  if (!isName(`${alias}/${name}`)) return null;
  if (end < 0) return { alias, name, tab: 'overview' };
  const [tabName, ...rest] = path.slice(end + 1);
  const tab = TABS.find((candidate) => candidate === tabName);
  return tab && rest.length === 0 ? { alias, name, tab } : null;
}
