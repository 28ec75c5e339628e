// Resolves links and images of a publisher's text. Most texts were written for a source repository's page, where
// relative URLs mean files of that repository. Only badges may cause a request to this site.

/** The repository that a text was written for, and its folder that relative URLs start from. */
export type TextSource = {
  origin: string;
  /** `/OWNER/NAME` */
  path: string;
  folder: string;
  /** Path prefixes of a file on the default branch: its page and its raw content. */
  page: string;
  raw: string;
};

const PLACEHOLDER = 'https://relative.invalid';
const IS_ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const IS_HOST_RELATIVE = /^[\\/]{2}/;

/** Null for hosts whose URL layout is unknown. @param sourceUrl as in `org.opencontainers.image.source` */
export function parseTextSource(sourceUrl: string | null | undefined): TextSource | null {
  const url = sourceUrl ? URL.parse(sourceUrl.replace(/^git\+/, '')) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const origin = `https://${url.host}`;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  // BuildKit's syntax for a folder of a Git repository: `#REF:FOLDER`.
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

/** Null when the link can't be resolved. Doesn't handle in-page links. */
export function resolveLink(href: string, source: TextSource | null): string | null {
  const url = resolve(href, source, 'page');
  return url && /^(?:https?|mailto):$/.test(url.protocol) ? url.href : null;
}

const OWN_BADGE = /^\/api\/badge\/[a-z]+\/[a-z0-9][a-z0-9._/-]*\.svg$/;

/** Badges are the only images that a text may load from this site by their path. They have no side effects. */
export function isOwnBadge(src: string): boolean {
  return OWN_BADGE.test(src) && !src.includes('..');
}

/** Null when the image can't be resolved to an https URL. */
export function resolveImage(src: string, source: TextSource | null): string | null {
  const url = resolve(src, source, 'raw');
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  url.protocol = 'https:';
  // A file's page isn't an image. GitHub rewrites these the same way.
  if (url.host === 'github.com') url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/raw/');
  return url.href;
}

/** Resolves and signs every URL of `a.png 1x, b.png 2x`. Null when one of them fails. */
export function resolveImageSet(
  srcset: string,
  source: TextSource | null,
  sign?: ((src: string) => string) | null,
): string | null {
  const resolved = srcset.split(/,\s+|,$/).flatMap((candidate) => {
    const [src = '', ...descriptors] = candidate.trim().split(/\s+/);
    if (src === '') return [];
    const url = resolveImage(src, source);
    const own = url && sign ? sign(url) : url;
    return [own && [own.replaceAll(',', '%2C'), ...descriptors].join(' ')];
  });
  return resolved.length === 0 || resolved.includes(null) ? null : resolved.join(', ');
}

function resolve(address: string, source: TextSource | null, kind: 'page' | 'raw'): URL | null {
  // Strip what browsers strip before parsing a URL.
  const cleaned = address.replace(/[\t\n\r]/g, '').replace(/^[\0- ]+|[\0- ]+$/g, '');
  if (cleaned === '') return null;
  if (IS_ABSOLUTE.test(cleaned)) return URL.parse(cleaned);
  if (IS_HOST_RELATIVE.test(cleaned)) return URL.parse(`https://${cleaned.slice(2)}`);
  if (!source) return null;
  // A placeholder origin keeps `..` within the repository.
  const relative = URL.parse(cleaned, `${PLACEHOLDER}/${encodeURI(source.folder)}/`);
  if (!relative || relative.origin !== PLACEHOLDER) return null;
  const file = relative.pathname.replace(/^\/+/, '') + relative.search + relative.hash;
  return URL.parse(`${source.origin}${source.path}${source[kind]}${file}`);
}
