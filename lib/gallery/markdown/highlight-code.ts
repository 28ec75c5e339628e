// Colours code by its fence's language. It runs on the thread that renders Markdown, after the sanitizer.
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import nginx from 'highlight.js/lib/languages/nginx';
import perl from 'highlight.js/lib/languages/perl';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import properties from 'highlight.js/lib/languages/properties';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import { property, nodeText, type Element } from './markdown-tree.ts';

/** Fewer languages load faster. These are the ones that READMEs of images use, including their aliases. */
const LANGUAGES = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  lua,
  makefile,
  nginx,
  perl,
  php,
  powershell,
  properties,
  python,
  ruby,
  rust,
  shell,
  sql,
  typescript,
  xml,
  yaml,
};

/** Highlighting takes up to 20 µs a character. */
const MAX_CHARACTERS = 20_000;

/** Highlights the code in a `<pre>`, if its language is known and the text's budget lasts. */
export type CodeHighlighter = (code: Element) => void;

/** Creates the highlighter of one text, because compiled grammars are state. */
export function createCodeHighlighter(): CodeHighlighter {
  let charactersLeft = MAX_CHARACTERS;
  let highlighter: ReturnType<typeof createLowlight> | null = null;
  return (code) => {
    const language = languageOf(code);
    delete code.properties['className'];
    if (language === null) return;
    const text = nodeText(code);
    if (text.length > charactersLeft) return;
    highlighter ??= createLowlight(LANGUAGES);
    if (!highlighter.registered(language)) return;
    charactersLeft -= text.length;
    code.children = highlighter.highlight(language, text).children;
  };
}

/** The sanitizer keeps only classes that begin with `language-`. */
function languageOf(code: Element): string | null {
  const classes: unknown = code.properties['className'];
  const first: unknown = Array.isArray(classes) ? classes[0] : property(code, 'className');
  return typeof first === 'string' && first.startsWith('language-') ? first.slice('language-'.length) : null;
}
