// The last step of rendering Markdown, which fits a publisher's text into a page. It runs after the sanitizer, so
// everything it adds is trusted.
import { nameToEmoji } from 'gemoji';
import { signImageLink } from '#lib/gallery/images/image-link.ts';
import { createCodeHighlighter, type CodeHighlighter } from './highlight-code.ts';
import { nameAnchors, type Anchors } from './markdown-anchors.ts';
import { isElement, property, type Element, type Node } from './markdown-tree.ts';
import { isOwnBadge, resolveImage, resolveImageSet, resolveLink, type TextSource } from './markdown-urls.ts';

const HEADING_SHIFT = 2;
const LINK_REL = 'nofollow ugc noopener noreferrer';
const ALERTS = { note: 'Note', tip: 'Tip', important: 'Important', warning: 'Warning', caution: 'Caution' };
const ALERT_MARK = /^\s*\[!(note|tip|important|warning|caution)\][ \t]*(?:\r?\n|$)/i;
const EMOJI_CODE = /:([a-z0-9_+-]+):/g;
/** Elements in which emoji codes are literal. */
const LITERAL = new Set(['code', 'pre', 'kbd', 'samp', 'tt', 'var']);

export type TextPlace = { source: TextSource | null; imageKey: Uint8Array | null };
type Context = TextPlace & { anchors: Anchors; highlight: CodeHighlighter };

export function finishTree(tree: Node, place: TextPlace): void {
  finishChildren(tree, { ...place, anchors: nameAnchors(tree), highlight: createCodeHighlighter() }, false);
}

function finishChildren(node: Node, context: Context, isLiteral: boolean): void {
  for (const child of node.children ?? []) {
    if (child.type === 'text' && !isLiteral) child.value = child.value?.replace(EMOJI_CODE, toEmoji);
    const isCode = isLiteral || (child.tagName !== undefined && LITERAL.has(child.tagName));
    if (isElement(child)) finishElement(child, context);
    finishChildren(child, context, isCode);
    if (isElement(child) && child.tagName === 'pre') addCopyButton(child);
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
  else if (tagName === 'code') delete properties['className'];
  else if (tagName === 'pre' || tagName === 'table') {
    if (tagName === 'pre') highlightBlock(element, context);
    // Both scroll sideways, so they must be focusable for keyboard users.
    properties['tabIndex'] = 0;
  } else if (tagName === 'input') {
    toText(element, properties['checked'] ? '☑' : '☐');
  }
}

function highlightBlock(pre: Element, { highlight }: Context): void {
  const code = pre.children.find(isElement);
  if (code?.tagName === 'code') highlight(code);
}

/** Adds the button that copies a block of code. */
function addCopyButton(pre: Element): void {
  const button: Node = {
    type: 'element',
    tagName: 'button',
    properties: { type: 'button', className: ['copy-code', 'needs-script'] },
    children: [{ type: 'text', value: 'Copy' }],
  };
  const block: Node = { ...pre };
  const properties = { className: ['code-block'] };
  Object.assign(pre, { tagName: 'div', properties, children: [block, button] });
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
function finishImage(element: Element, { source, imageKey }: Context): void {
  const { properties } = element;
  const alt = property(element, 'alt');
  if (isOwnBadge(property(element, 'src'))) {
    Object.assign(properties, { alt, loading: 'lazy' });
    return;
  }
  const src = resolveImage(property(element, 'src'), source);
  if (src === null) {
    toText(element, alt);
    return;
  }
  const theme = /#gh-(dark|light)-mode-only$/.exec(src)?.[1];
  if (theme !== undefined) properties['dataOnly'] = theme;
  const own = imageKey ? signImageLink(imageKey, src) : src;
  Object.assign(properties, { src: own, alt, loading: 'lazy', referrerPolicy: 'no-referrer' });
}

/**
 * Turns a picture into an image for each theme, because the site's theme may differ from the system's. Leaves one image
 * if its sources don't depend on the theme.
 */
function finishPicture(element: Element, { source, imageKey }: Context): void {
  const children = element.children.filter(isElement);
  const image = children.find(({ tagName }) => tagName === 'img');
  const sign = imageKey && ((src: string) => signImageLink(imageKey, src));
  const sourceFor = (theme: string) => {
    const found = children.find(({ tagName, properties }) => tagName === 'source' && isFor(properties['media'], theme));
    return found ? resolveImageSet(property(found, 'srcSet'), source, sign) : null;
  };
  const [light, dark] = [sourceFor('light'), sourceFor('dark')];
  const isShown = image && resolveImage(property(image, 'src'), source) !== null;
  const isThemed = isShown && (light !== null || dark !== null);
  if (isThemed) element.tagName = 'span';
  element.children = !image ? [] : isThemed ? [themed(image, 'light', light), themed(image, 'dark', dark)] : [image];
}

function isFor(media: unknown, theme: string): boolean {
  return typeof media === 'string' && media.replaceAll(' ', '') === `(prefers-color-scheme:${theme})`;
}

function themed(image: Element, theme: 'light' | 'dark', srcSet: string | null): Node {
  const set = srcSet === null ? {} : { srcSet };
  return { ...image, properties: { ...image.properties, ...set, dataOnly: theme } };
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
