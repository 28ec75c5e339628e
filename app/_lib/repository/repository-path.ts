import {
  CONSOLE_TABS,
  REPOSITORY_VIEWS,
  type ConsoleTab,
  type RepositoryItem,
  type RepositoryTab,
} from '#components/links.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { isName } from '#lib/oci/name.ts';
import { isTag, versionToTag } from '#lib/oci/reference.ts';

/** `tab` is the tab that `item` belongs to. */
export type RepositoryPath = { alias: string; name: string; tab: RepositoryTab; item?: RepositoryItem };

const TABS: readonly RepositoryTab[] = ['usage', 'tags', 'layers', 'security', 'insights'];

/** Parses `/ALIAS/NAME`, `/ALIAS/NAME/-/TAB` or an item's path. NAME may contain slashes. Returns null for anything else. */
export function parseRepositoryPath(alias: string, path: string[]): RepositoryPath | null {
  const end = path.indexOf('-');
  const name = path.slice(0, end < 0 ? undefined : end).join('/');
  if (!isName(`${alias}/${name}`)) return null;
  if (end < 0) return { alias, name, tab: 'overview' };
  const [place = '', itemText, ...rest] = path.slice(end + 1);
  if (rest.length > 0) return null;
  if (itemText !== undefined) {
    const found = parseItem(place, itemText);
    return found && { alias, name, ...found };
  }
  const tab = TABS.find((candidate) => candidate === place);
  if (tab) return { alias, name, tab };
  const view = REPOSITORY_VIEWS.find((candidate) => candidate === place);
  return view ? { alias, name, tab: 'tags', item: { view } } : null;
}

export type ConsolePath = { alias: string; name: string; tab: ConsoleTab };

/** Parses `ALIAS/NAME` or `ALIAS/NAME/-/TAB` of a console page. Returns null for anything else. */
export function parseConsolePath(alias: string, path: string[]): ConsolePath | null {
  const end = path.indexOf('-');
  const name = path.slice(0, end < 0 ? undefined : end).join('/');
  const [place = 'overview', ...rest] = end < 0 ? [] : path.slice(end + 1);
  const tab = CONSOLE_TABS.find((candidate) => candidate === place);
  // The overview's address has no tab.
  const isOther = end >= 0 && (place === 'overview' || rest.length > 0);
  return tab && !isOther && isName(`${alias}/${name}`) ? { alias, name, tab } : null;
}

function parseItem(place: string, text: string): Pick<RepositoryPath, 'tab' | 'item'> | null {
  if (place === 'tags') {
    // Next leaves the plus sign escaped.
    const tag = versionToTag(text.replace(/%2b/gi, '+'));
    return isTag(tag) ? { tab: 'tags', item: { tag } } : null;
  }
  // Next leaves the colon escaped.
  const digest = parseDigest(text.replace(/%3a/i, ':'));
  if (!digest) return null;
  if (place === 'digests') return { tab: 'tags', item: { digest } };
  return place === 'layers' ? { tab: 'layers', item: { layer: digest } } : null;
}
