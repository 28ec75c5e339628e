// Where the links and images of a publisher's text lead. Most texts were written for a source repository's page, where relative
// addresses mean files of that repository. None of them may become a request to this site.

/** The repository that a text was written for, and the folder in it that relative addresses start from. */
export type TextSource = {
  origin: string;
  /** `/OWNER/NAME` */
  path: string;
  folder: string;
  /** How the host addresses a file of the default branch: to read, and as bytes. */
  page: string;
  raw: string;
};

const PLACEHOLDER = 'https://relative.invalid';
const IS_ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const IS_HOST_RELATIVE = /^[\\/]{2}/;

/** Null for an address that isn't on a host whose layout is known. @param sourceUrl as in `org.opencontainers.image.source` */
export function parseTextSource(sourceUrl: string | null | undefined): TextSource | null {
  const url = sourceUrl ? URL.parse(sourceUrl.replace(/^git\+/, '')) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const origin = `https://${url.host}`;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  // BuildKit's way to name a folder of a Git repository: `#REF:FOLDER`.
  const fragmentFolder = url.hash.includes(':') ? url.hash.slice(url.hash.indexOf(':') + 1) : '';
  const isGitLab = url.hostname === 'gitlab.com' || url.hostname.startsWith('gitlab.');
  const end = isGitLab && parts.includes('-') ? parts.indexOf('-') : isGitLab ? parts.length : 2;
  const [project, rest] = [parts.slice(0, end), parts.slice(isGitLab ? end + 1 : end)];
  if (project.length < 2) return null;
  const path = `/${project.join('/').replace(/\.git$/, '')}`;
  const folder = ['tree', 'blob', 'src'].includes(rest[0] ?? '') ? rest.slice(2).join('/') : fragmentFolder;
  if (url.hostname === 'github.com') return { origin, path, folder, page: '/blob/HEAD/', raw: '/raw/HEAD/' };
  if (url.hostname === 'bitbucket.org') return { origin, path, folder, page: '/src/HEAD/', raw: '/raw/HEAD/' };
  return isGitLab ? { origin, path, folder, page: '/-/blob/HEAD/', raw: '/-/raw/HEAD/' } : null;
}

/** Null where the link leads nowhere that is known. In-page links are not looked at here. */
export function resolveLink(href: string, source: TextSource | null): string | null {
  const url = resolve(href, source, 'page');
  return url && /^(?:https?|mailto):$/.test(url.protocol) ? url.href : null;
}

/** Null for an image that can't be had, or not over https. */
export function resolveImage(src: string, source: TextSource | null): string | null {
  const url = resolve(src, source, 'raw');
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  url.protocol = 'https:';
  // The page about a file is no picture. GitHub's own pages rewrite it the same way.
  if (url.host === 'github.com') url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/raw/');
  return url.href;
}

/** `a.png 1x, b.png 2x` with every address resolved; null as soon as one can't be. */
export function resolveImageSet(srcset: string, source: TextSource | null): string | null {
  const resolved = srcset.split(/,\s+|,$/).flatMap((candidate) => {
    const [src = '', ...descriptors] = candidate.trim().split(/\s+/);
    if (src === '') return [];
    const url = resolveImage(src, source);
    return [url && [url.replaceAll(',', '%2C'), ...descriptors].join(' ')];
  });
  return resolved.length === 0 || resolved.includes(null) ? null : resolved.join(', ');
}

function resolve(address: string, source: TextSource | null, kind: 'page' | 'raw'): URL | null {
  // What a browser leaves out before it reads an address.
  const cleaned = address.replace(/[\t\n\r]/g, '').replace(/^[\0- ]+|[\0- ]+$/g, '');
  if (cleaned === '') return null;
  if (IS_ABSOLUTE.test(cleaned)) return URL.parse(cleaned);
  if (IS_HOST_RELATIVE.test(cleaned)) return URL.parse(`https://${cleaned.slice(2)}`);
  if (!source) return null;
  // Resolved against a placeholder, so that no `..` leaves the repository.
  const relative = URL.parse(cleaned, `${PLACEHOLDER}/${encodeURI(source.folder)}/`);
  if (!relative || relative.origin !== PLACEHOLDER) return null;
  const file = relative.pathname.replace(/^\/+/, '') + relative.search + relative.hash;
  return URL.parse(`${source.origin}${source.path}${source[kind]}${file}`);
}
