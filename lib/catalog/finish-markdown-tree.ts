// The last step of rendering Markdown: what a publisher's text looks like as part of one of our pages.

/** As much of a HTML syntax tree as is looked at here. */
type Node = { type: string; tagName?: string; value?: string; properties?: Record<string, unknown>; children?: Node[] };
type Element = Node & { tagName: string; properties: Record<string, unknown>; children: Node[] };

export const ID_PREFIX = 'user-content-';

const HEADING_SHIFT = 2;
const LINK_REL = 'nofollow ugc noopener noreferrer';

export function finishTree(tree: Node): void {
  finishChildren(tree, new Set());
}

function finishChildren(node: Node, usedIds: Set<string>): void {
  for (const child of node.children ?? []) {
    if (isElement(child)) finishElement(child, usedIds);
    finishChildren(child, usedIds);
  }
}

function finishElement(element: Element, usedIds: Set<string>): void {
  const { tagName, properties } = element;
  if (/^h[1-6]$/.test(tagName)) finishHeading(element, usedIds);
  else if (tagName === 'a') finishLink(element);
  else if (tagName === 'img') {
    Object.assign(properties, { alt: properties['alt'] ?? '', loading: 'lazy', referrerPolicy: 'no-referrer' });
  } else if (tagName === 'pre' || tagName === 'table') {
    // They scroll sideways, which a keyboard must be able to do.
    properties['tabIndex'] = 0;
  } else if (tagName === 'input') {
    Object.assign(element, { type: 'text', value: properties['checked'] ? '☑' : '☐', children: undefined });
  }
}

function finishHeading(element: Element, usedIds: Set<string>): void {
  const base = ID_PREFIX + slug(textOf(element));
  let id = base;
  for (let n = 1; usedIds.has(id); n += 1) id = `${base}-${n}`;
  usedIds.add(id);
  element.properties['id'] ??= id;
  element.tagName = `h${Math.min(6, Number(element.tagName[1]) + HEADING_SHIFT)}`;
}

/** A link leads out, or to a place in the same text: a relative one was meant for where the text came from. */
function finishLink({ properties }: Element): void {
  const href = typeof properties['href'] === 'string' ? properties['href'] : '';
  if (href.startsWith('#') && href.length > 1) {
    properties['href'] = `#${ID_PREFIX}${href.slice(1)}`;
  } else if (/^(?:https?:\/\/|mailto:)/i.test(href)) {
    properties['rel'] = LINK_REL;
  } else {
    delete properties['href'];
  }
}

/** As on GitHub, so that links written for there work here. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .trim()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-')
    .slice(0, 100);
}

function textOf(node: Node): string {
  return node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(textOf).join('');
}

function isElement(node: Node): node is Element {
  return node.type === 'element' && node.tagName !== undefined && node.properties !== undefined;
}
