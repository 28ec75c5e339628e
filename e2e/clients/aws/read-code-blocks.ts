import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../../docs');

export type CodeBlock = { language: string; text: string };

/**
 * Reads a guide's code blocks, also those of list items, with what stands for a reader's own values replaced. Blocks marked `skip` are
 * left out: the test does itself what they say.
 */
export function readCodeBlocks(guide: string, values: Record<string, string>): CodeBlock[] {
  const markdown = readFileSync(join(DOCS, guide), 'utf8');
  return [...markdown.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text: Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(name, value), text),
  }));
}
