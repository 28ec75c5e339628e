/** Bounds the work and what search stores of one repository. */
const MAX_READ_LENGTH = 12_000;
const MAX_SUMMARY_LENGTH = 3_000;

/** Removes with linear time: code, HTML, images, addresses and markup. Links keep their text. */
const MARKUP: [RegExp, string][] = [
  [/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|$(?![\s\S]))/gm, ' '],
  [/^(?: {4}|\t)[^\n]*$/gm, ' '],
  [/<!--[\s\S]{0,2000}?-->/g, ' '],
  [/<[a-z/][^<>]{0,500}>/gi, ' '],
  [/!\[[^\][]{0,300}\]\([^()]{0,700}\)/g, ' '],
  [/\[([^\][]{0,300})\](?:\([^()]{0,700}\)|\[[^\][]{0,200}\])/g, '$1'],
  [/\bhttps?:\/\/\S+/g, ' '],
  [/^[-=:| \t]+$/gm, ' '],
  [/[`*_#>|~]+/g, ' '],
  [/\s+/g, ' '],
];

/** Returns the beginning of a Markdown text as plain text on one line, for search. */
export function summarizeMarkdown(markdown: string): string {
  const beginning = markdown.slice(0, MAX_READ_LENGTH).toWellFormed();
  const text = MARKUP.reduce((rest, [markup, replacement]) => rest.replace(markup, replacement), beginning).trim();
  return text.slice(0, MAX_SUMMARY_LENGTH).toWellFormed();
}
