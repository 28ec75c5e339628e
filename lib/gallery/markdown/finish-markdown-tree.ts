// The last step of rendering Markdown, which fits a publisher's text into a page. It runs after the sanitizer, so
// everything it adds is trusted.
import { nameToEmoji } from 'gemoji';
import { nameAnchors, type Anchors } from './markdown-anchors.ts';
import { isElement, property, type Element, type Node } from './markdown-tree.ts';
import { resolveImage, resolveImageSet, resolveLink, type TextSource } from './markdown-urls.ts';

const HEADING_SHIFT = 2;
const LINK_REL = 'nofollow ugc noopener noreferrer';
const ALERTS = { note: 'Note', tip: 'Tip', important: 'Important', warning: 'Warning', caution: 'Caution' };
const ALERT_MARK = /^\s*\[!(note|tip|important|warning|caution)\][ \t]*(?:\r?\n|$)/i;
const EMOJI_CODE = /:([a-z0-9_+-]+):/g;
/** Elements in which emoji codes are literal. */
const LITERAL = new Set(['code', 'pre', 'kbd', 'samp', 'tt', 'var']);

type Context = { anchors: Anchors; source: TextSource | null };

export function finishTree(tree: Node, source: TextSource | null): void {
  finishChildren(tree, { anchors: nameAnchors(tree), source }, false);
}

function finishChildren(node: Node, context: Context, isLiteral: boolean): void {
  for (const child of node.children ?? []) {
    if (child.type === 'text' && !isLiteral) child.value = child.value?.replace(EMOJI_CODE, toEmoji);
    const isCode = isLiteral || (child.tagName !== undefined && LITERAL.has(child.tagName));
    if (isElement(child)) finishElement(child, context);
    finishChildren(child, context, isCode);
  }
}

function finishElement(element: Element, context: Context): void {
  const { tagName, properties } = element;
  if (/^h[1-6]$/.test(tagName)) element.tagName = `h${Math.min(6, Number(tagName[1]) + HEADING_SHIFT)}`;
  else if (tagName === 'a') finishLink(element, context);
  else if (tagName === 'picture') finishPicture(element, context);
  else if (tagName === 'img') finishImage(element, context);
  else if (tagName === 'blockquote') finishAlert(element);
  else if (tagName === 'center')
    Object.assign(element, { tagName: 'div', properties: { ...properties, align: 'center' } });
  else if (tagName === 'pre' || tagName === 'table') {
    // Both scroll sideways, so they must be focusable for keyboard users.
    properties['tabIndex'] = 0;
  } else if (tagName === 'input') {
    toText(element, properties['checked'] ? '☑' : '☐');
  }
}

/** Resolves a link to an external URL, an anchor in the same text, or a file of the source repository. */
function finishLink(element: Element, { anchors, source }: Context): void {
  const { properties } = element;
  const href = property(element, 'href').trim();
  const found = href.startsWith('#') ? anchors.find(href) : resolveLink(href, source);
  delete properties['href'];
  if (found === null) return;
  properties['href'] = found;
  if (!found.startsWith('#')) properties['rel'] = LINK_REL;
}

/** Replaces an unavailable image by its alternative text. */
function finishImage(element: Element, { source }: Context): void {
  const { properties } = element;
  const alt = property(element, 'alt');
  const src = resolveImage(property(element, 'src'), source);
  if (src === null) toText(element, alt);
  else Object.assign(properties, { src, alt, loading: 'lazy', referrerPolicy: 'no-referrer' });
}

/** Drops the sources of a picture whose fallback image is unavailable. */
function finishPicture(element: Element, { source }: Context): void {
  const children = element.children.filter(isElement);
  const image = children.find(({ tagName }) => tagName === 'img');
  const hasImage = image !== undefined && resolveImage(property(image, 'src'), source) !== null;
  const sources = hasImage ? children.filter(({ tagName }) => tagName === 'source') : [];
  const kept = sources.flatMap((candidate) => {
    const srcSet = resolveImageSet(property(candidate, 'srcSet'), source);
    if (srcSet === null) return [];
    candidate.properties['srcSet'] = srcSet;
    return [candidate];
  });
  element.children = [...kept, ...(image ? [image] : [])];
}

/** https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
function finishAlert(element: Element): void {
  const paragraph = element.children.find(isElement);
  const text = paragraph?.children[0];
  const kind = paragraph?.tagName === 'p' && text?.type === 'text' ? ALERT_MARK.exec(text.value ?? '')?.[1] : undefined;
  const [name, title] = Object.entries(ALERTS).find(([name]) => name === kind?.toLowerCase()) ?? [];
  if (!paragraph || !text || name === undefined || title === undefined) return;
  text.value = (text.value ?? '').replace(ALERT_MARK, '');
  // Two trailing spaces after the mark turned its line end into a line break.
  if (text.value === '' && paragraph.children[1]?.tagName === 'br') paragraph.children.splice(0, 2);
  const label: Node = {
    type: 'element',
    tagName: 'strong',
    properties: {},
    children: [{ type: 'text', value: title }],
  };
  const isOnlyMark = paragraph.children.length === 1 && text.value === '';
  const rest = element.children.filter((child) => !(isOnlyMark && child === paragraph));
  element.tagName = 'div';
  element.properties['dataAlert'] = name;
  element.children = [{ type: 'element', tagName: 'p', properties: {}, children: [label] }, ...rest];
}

function toEmoji(code: string, name: string): string {
  return Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? code) : code;
}

function toText(element: Element, value: string): void {
  Object.assign(element, { type: 'text', value, children: undefined });
}
