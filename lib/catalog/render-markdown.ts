// Turns what publishers write into HTML that is safe to put on a page. What runs after the sanitiser only takes away or
// adds what is decided here.
import { hash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { LRUCache } from 'lru-cache';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { errorCode } from '#lib/platform/errors.ts';
import { finishTree, ID_PREFIX } from './finish-markdown-tree.ts';
import { MAX_MARKDOWN_LENGTH } from './schema.ts';

// Parsing takes the square of the length, or worse, for text that is made for it: 25 kB can take a minute. Such text is
// shown as it is written.
const TIME_LIMIT_MS = 750;
const MAX_CACHED_BYTES = 16 * 1024 * 1024;

// A cache and no more: that Next loads this module twice only means that a text is rendered twice.
const rendered = new LRUCache<string, string>({
  maxSize: MAX_CACHED_BYTES,
  sizeCalculation: (html, hash) => html.length + hash.length,
});

const BLOCKS = [
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'blockquote',
  'pre',
  'hr',
  'div',
  'section',
  'details',
  'summary',
];
const LISTS = ['ul', 'ol', 'li', 'dl', 'dt', 'dd'];
const TABLES = ['table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'];
const PHRASES = [
  'a',
  'img',
  'br',
  'em',
  'strong',
  'b',
  'i',
  'del',
  's',
  'ins',
  'code',
  'kbd',
  'samp',
  'var',
  'sub',
  'sup',
  'q',
];

const SCHEMA: Schema = {
  tagNames: [...BLOCKS, ...LISTS, ...TABLES, ...PHRASES, 'input'],
  attributes: {
    '*': ['id', 'lang', 'dir', 'align'],
    a: ['href'],
    img: ['src', 'alt', 'width', 'height'],
    ol: ['start'],
    th: ['colSpan', 'rowSpan'],
    td: ['colSpan', 'rowSpan'],
    details: ['open'],
    // Task lists only; finishTree turns them into characters.
    input: [['type', 'checkbox'], 'checked'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['https'] },
  // An id could stand in for a global of the page's scripts.
  clobber: ['id'],
  clobberPrefix: ID_PREFIX,
  ancestors: Object.fromEntries(TABLES.slice(1).map((tag) => [tag, ['table']])),
  required: { input: { type: 'checkbox' } },
  // Not even their text.
  strip: ['script', 'style', 'title', 'textarea', 'iframe', 'noscript', 'template', 'svg', 'math', 'select', 'object'],
};

/** GitHub-flavoured Markdown → HTML. Its headings start at h3, below those of the page. */
export function renderMarkdown(text: string): string {
  const source = text.slice(0, MAX_MARKDOWN_LENGTH);
  if (source.trim() === '') return '';
  const key = hash('sha256', source);
  const cached = rendered.get(key);
  if (cached !== undefined) return cached;
  const html = renderInTime(source) ?? `<pre tabindex="0">${escapeHtml(source)}</pre>`;
  rendered.set(key, html);
  return html;
}

/** Null for a text that takes too long, or whose thousands of nested blocks end the parser's stack. */
function renderInTime(source: string): string | null {
  const render = () => String(createProcessor().processSync(source));
  try {
    // `timeout` ends whatever the script calls, in this realm too.
    return runInNewContext('render()', { render }, { timeout: TIME_LIMIT_MS }) as string;
  } catch (error) {
    if (error instanceof RangeError || errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}

function createProcessor() {
  return unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
    .use(rehypeRaw)
    .use(rehypeSanitize, SCHEMA)
    .use(() => finishTree)
    .use(rehypeStringify);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
