// The entry point of a worker thread.
import type { MarkdownOptions } from './markdown-fallback.ts';
import { renderMarkdown } from './render-markdown.ts';

export type MarkdownWork = { text: string; options: MarkdownOptions };

export function run(input: unknown): string {
  const { text, options } = input as MarkdownWork;
  return renderMarkdown(text, options);
}
