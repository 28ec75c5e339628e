// The Markdown of the demo's repositories: texts/ALIAS/NAME.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoPublicKey } from './images/sign-image.ts';

const FOLDER = join(import.meta.dirname, 'texts');
const USAGE = '<!-- usage -->';

const NOTE = [
  '> [!NOTE]',
  '> This repository belongs to the **demo gallery**. Publisher and software are made up; the images are real and run, but',
  '> only print a line. `npm run demo:remove` removes the whole demo.',
].join('\n');

/** Both parts are Markdown. `gallery.example` becomes the gallery's host when it is stored. */
export function readText(alias: string, name: string): { about: string; usage: string } {
  const text = readFileSync(join(FOLDER, alias, `${name.replaceAll('/', '-')}.md`), 'utf8');
  const [about = '', usage = ''] = text.split(USAGE);
  const filled = about.replace('{BADGES}', badges(`${alias}/${name}`)).replace('{PUBLIC_KEY}', demoPublicKey().trim());
  return { about: withNote(filled.trim()), usage: usage.trim() };
}

/** After the title and what belongs to it. */
function withNote(about: string): string {
  const paragraphs = about.split('\n\n');
  const at = paragraphs.findIndex((paragraph) => !/^(?:# |<|!\[)/.test(paragraph));
  return [...paragraphs.slice(0, at), NOTE, ...paragraphs.slice(at)].join('\n\n');
}

function badges(fullName: string): string {
  const badge = (kind: string, text: string) => `![${text}](/api/badge/${kind}/${fullName}.svg)`;
  return [badge('tag', 'Newest version'), badge('pulls', 'Pulls'), badge('size', 'Size')].join(' ');
}
