// What people type into the search field: words, or a reference copied from somewhere.

const MAX_QUERY_LENGTH = 200;
const HOST = /^(?:https?:\/\/)?(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?\//;
const TAG_OR_DIGEST = /(?:@sha(?:256|512):[0-9a-f]*|:[a-z0-9_][\w.-]{0,127})+$/;

/**
 * Lower case, one line, and of a pasted reference (`HOST/ALIAS/NAME:TAG`, also behind `docker pull`) only `ALIAS/NAME`.
 */
export function normaliseQuery(query: string): string {
  const text = query
    .slice(0, MAX_QUERY_LENGTH)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .toLowerCase()
    .trim()
    .replace(/^(?:docker|podman|nerdctl|crane)\s+pull\s+/, '')
    .replace(/\s+/g, ' ');
  if (text.includes(' ')) return text;
  const withoutHost = text.replace(HOST, '');
  return withoutHost.replace(TAG_OR_DIGEST, '') || withoutHost;
}
