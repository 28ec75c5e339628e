// Where a README may be found. Labels of images are untrusted; the client that fetches checks every address.
import { parseTextSource } from '../markdown/markdown-urls.ts';

const NAMES = ['README.md', 'readme.md', 'Readme.md', 'README.markdown'];

/** Lists the files to try in a source repository. Empty for a forge whose URLs are unknown. */
export function findSourceLinks(sourceUrl: string | null): URL[] {
  const source = parseTextSource(sourceUrl);
  if (!source) return [];
  const folder = source.folder === '' ? '' : `${source.folder.replace(/\/+$/, '')}/`;
  return NAMES.flatMap((name) => {
    // A placeholder keeps `..` within the repository.
    const file = URL.parse(`${folder}${name}`, 'https://relative.invalid/');
    const url = file && URL.parse(`${source.origin}${source.path}${source.raw}${file.pathname.replace(/^\/+/, '')}`);
    return url ? [url] : [];
  });
}

/** Turns the page of a file into its raw content, on forges whose URLs are known. */
export function toRawLink(link: string): URL | null {
  const url = URL.parse(link);
  if (!url) return null;
  const isGitLab = url.hostname === 'gitlab.com' || url.hostname.startsWith('gitlab.');
  if (url.hostname === 'github.com') url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/raw/');
  else if (isGitLab) url.pathname = url.pathname.replace('/-/blob/', '/-/raw/');
  url.hash = '';
  return url;
}
