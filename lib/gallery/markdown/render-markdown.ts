// Turns what publishers write into HTML that is safe to put on a page. What runs after the sanitiser only takes away or
// adds what is decided here.
import { runInNewContext } from 'node:vm';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { type Options as Schema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { errorCode } from '#lib/platform/errors.ts';
import { finishTree } from './finish-markdown-tree.ts';
import { ID_PREFIX } from './markdown-anchors.ts';
import { showAsWritten, type MarkdownOptions } from './markdown-as-written.ts';
import { parseTextSource } from './markdown-urls.ts';
import { MAX_MARKDOWN_LENGTH } from '#lib/repositories/schema.ts';

// Parsing takes the square of the length, or worse, for text that is made for it: 25 kB can take a minute. Such text is
// shown as it is written.
const TIME_LIMIT_MS = 2_000;

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
  'center',
  'details',
  'summary',
  'figure',
  'figcaption',
];
const LISTS = ['ul', 'ol', 'li', 'dl', 'dt', 'dd'];
const TABLES = ['table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td', 'caption'];
const PHRASES = [
  'a',
  'img',
  'picture',
  'source',
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
  'abbr',
  'cite',
  'dfn',
  'mark',
  'small',
  'ruby',
  'rt',
  'rp',
  'wbr',
];

const SCHEMA: Schema = {
  tagNames: [...BLOCKS, ...LISTS, ...TABLES, ...PHRASES, 'input'],
  attributes: {
    '*': ['id', 'lang', 'dir', 'align'],
    a: ['href', 'name', 'title'],
    abbr: ['title'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    source: ['srcSet', ['media', /^\(prefers-color-scheme: ?(?:dark|light)\)$/]],
    ol: ['start'],
    section: ['dataFootnotes'],
    th: ['colSpan', 'rowSpan', 'vAlign', 'width'],
    td: ['colSpan', 'rowSpan', 'vAlign', 'width'],
    details: ['open'],
    // Task lists only; finishTree turns them into characters.
    input: [['type', 'checkbox'], 'checked'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  // An id could stand in for a global of the page's scripts.
  clobber: ['id', 'name'],
  clobberPrefix: ID_PREFIX,
  ancestors: { ...Object.fromEntries(TABLES.slice(1).map((tag) => [tag, ['table']])), source: ['picture'] },
  required: { input: { type: 'checkbox' } },
  // Not even their text.
  strip: ['script', 'style', 'title', 'textarea', 'iframe', 'noscript', 'template', 'svg', 'math', 'select', 'object'],
};

/**
 * Renders GitHub-flavoured Markdown to HTML. Its headings start at h3, below those of the page. Takes 20 ms for most texts and far
 * more for some: pages ask `app.markdown`, which does it beside the event loop.
 */
export function renderMarkdown(text: string, { sourceUrl = null }: MarkdownOptions = {}): string {
  const markdown = withoutFrontMatter(text.slice(0, MAX_MARKDOWN_LENGTH));
  if (markdown.trim() === '') return '';
  return renderInTime(markdown, sourceUrl) ?? showAsWritten(markdown);
}

/** A site generator's fields: YAML or TOML between two fences. A rule at the top that no field follows is a rule. */
function withoutFrontMatter(text: string): string {
  return text.replace(
    /^\uFEFF?(---|\+\+\+)[ \t]*\r?\n\s*(?:#[^\n]*\n\s*)*["'\w-]+ ?[:=][\s\S]*?\n\1[ \t]*(?:\r?\n|$)|^\uFEFF/,
    '',
  );
}

/** Null for a text that takes too long, or whose thousands of nested blocks end the parser's stack. */
function renderInTime(markdown: string, sourceUrl: string | null): string | null {
  const render = () => String(createProcessor(sourceUrl).processSync(markdown));
  try {
    // `timeout` ends whatever the script calls, in this realm too.
    return runInNewContext('render()', { render }, { timeout: TIME_LIMIT_MS }) as string;
  } catch (error) {
    if (error instanceof RangeError || errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}

function createProcessor(sourceUrl: string | null) {
  const source = parseTextSource(sourceUrl);
  return unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
    .use(rehypeRaw)
    .use(rehypeSanitize, SCHEMA)
    .use(() => (tree) => finishTree(tree, source))
    .use(rehypeStringify);
}
