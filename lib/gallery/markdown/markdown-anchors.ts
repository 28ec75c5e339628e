// Names anchors: every heading and named element gets an id in its own namespace, and in-page links resolve as on
// GitHub.
import GithubSlugger from 'github-slugger';
import { elementsIn, property, nodeText, type Element, type Node } from './markdown-tree.ts';

export const ID_PREFIX = 'user-content-';

export type Anchors = { find: (href: string) => string | null };

/** Gives headings ids, turns `<a name>` into ids and drops duplicate ids. */
export function nameAnchors(tree: Node): Anchors {
  const slugger = new GithubSlugger();
  const ids = new Set<string>();
  const byName = new Map<string, string>();
  const byFoldedName = new Map<string, string>();
  const register = (name: string, id: string) => {
    if (!byName.has(name)) byName.set(name, id);
    const folded = fold(name);
    if (!byFoldedName.has(folded)) byFoldedName.set(folded, id);
  };
  for (const element of elementsIn(tree)) {
    const written = property(element, 'id') || property(element, 'name');
    const names = [property(element, 'id'), property(element, 'name')].filter((name) => name !== '').map(withoutPrefix);
    const slug = isHeading(element) ? slugger.slug(nodeText(element)) : '';
    delete element.properties['name'];
    delete element.properties['id'];
    const id = written || (slug && ID_PREFIX + slug);
    if (id === '') continue;
    const own = uniqueId(id, ids, isHeading(element));
    if (own !== null) element.properties['id'] = own;
    for (const name of [...names, ...(slug ? [slug] : [])]) register(name, own ?? id);
  }
  return {
    find: (href) => {
      const name = decode(href.slice(1));
      const id = byName.get(name) ?? byFoldedName.get(fold(name)) ?? byFoldedName.get(fold(withoutPrefix(name)));
      if (id !== undefined) return `#${id}`;
      return name.toLowerCase() === 'top' ? '#top' : null;
    },
  };
}

/** Headings always get an id. Of other elements with the same id, only the first keeps it. */
function uniqueId(id: string, taken: Set<string>, isNeeded: boolean): string | null {
  if (taken.has(id) && !isNeeded) return null;
  let own = id;
  for (let n = 1; taken.has(own); n += 1) own = `${id}-${n}`;
  taken.add(own);
  return own;
}

function isHeading({ tagName }: Element): boolean {
  return /^h[1-6]$/.test(tagName);
}

/** The sanitizer prefixes every id. Texts copied from GitHub's pages already have the prefix. */
function withoutPrefix(name: string): string {
  return name.startsWith(ID_PREFIX) ? name.slice(ID_PREFIX.length) : name;
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
