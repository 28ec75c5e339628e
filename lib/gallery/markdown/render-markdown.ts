// Turns publishers' Markdown into safe HTML. Steps after the sanitizer only remove content or add trusted content.
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
import { showAsPlainText, type MarkdownOptions } from './markdown-fallback.ts';
import { parseTextSource } from './markdown-urls.ts';
import { MAX_MARKDOWN_LENGTH } from '#lib/repositories/schema.ts';

// Parsing crafted text takes quadratic time or worse. 25 kB can take a minute. Such text is shown escaped instead.
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
    code: [['className', /^language-./]],
    ol: ['start'],
    section: ['dataFootnotes'],
    th: ['colSpan', 'rowSpan', 'vAlign', 'width'],
    td: ['colSpan', 'rowSpan', 'vAlign', 'width'],
    details: ['open'],
    // For task lists only, which finishTree turns into characters.
    input: [['type', 'checkbox'], 'checked'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  // An unprefixed id could shadow a global of the page's scripts.
  clobber: ['id', 'name'],
  clobberPrefix: ID_PREFIX,
  ancestors: { ...Object.fromEntries(TABLES.slice(1).map((tag) => [tag, ['table']])), source: ['picture'] },
  required: { input: { type: 'checkbox' } },
  // Removed together with their text.
  strip: ['script', 'style', 'title', 'textarea', 'iframe', 'noscript', 'template', 'svg', 'math', 'select', 'object'],
};

/**
 * Renders GitHub-flavoured Markdown to HTML. Headings start at h3, below the page's own. Usually takes 20 ms, but can
 * take far longer, so pages use `app.markdown`, which runs it on a worker thread.
 */
export function renderMarkdown(text: string, options: MarkdownOptions = {}): string {
  const markdown = withoutFrontMatter(text.slice(0, MAX_MARKDOWN_LENGTH));
  if (markdown.trim() === '') return '';
  return renderInTime(markdown, options) ?? showAsPlainText(markdown);
}

/**
 * Removes front matter: YAML or TOML fields between two fences. A leading `---` without a field is a thematic break.
 */
function withoutFrontMatter(text: string): string {
  return text.replace(
    /^\uFEFF?(---|\+\+\+)[ \t]*\r?\n\s*(?:#[^\n]*\n\s*)*["'\w-]+ ?[:=][\s\S]*?\n\1[ \t]*(?:\r?\n|$)|^\uFEFF/,
    '',
  );
}

/** Null for a text that takes too long, or whose nesting overflows the parser's stack. */
function renderInTime(markdown: string, options: MarkdownOptions): string | null {
  const render = () => String(createProcessor(options).processSync(markdown));
  try {
    // `timeout` also interrupts functions of this realm that the script calls.
    return runInNewContext('render()', { render }, { timeout: TIME_LIMIT_MS }) as string;
  } catch (error) {
    if (error instanceof RangeError || errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}

function createProcessor({ sourceUrl, imageKey = null }: MarkdownOptions) {
  const place = { source: parseTextSource(sourceUrl), imageKey };
  return unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
    .use(rehypeRaw)
    .use(rehypeSanitize, SCHEMA)
    .use(() => (tree) => finishTree(tree, place))
    .use(rehypeStringify);
}
