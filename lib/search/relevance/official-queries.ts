// How people ask for the software of official images, with the names that answer: by product, use, category, protocol,
// abbreviation, what it replaces, and with typos. The images' own texts aren't part of the project.
import { readFileSync } from 'node:fs';

export type OfficialQuery = { query: string; answers: string[] };

/** Each line has a query, `|`, and the names of right answers. */
export function readOfficialQueries(): OfficialQuery[] {
  const lines = readFileSync(new URL('official-queries.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [query = '', answers = ''] = line.split('|');
    return { query, answers: answers.split(' ') };
  });
}
