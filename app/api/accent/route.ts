// The site's accent colour. A style sheet, because the Content-Security-Policy forbids inline styles.
import { accentStyles } from '#lib/site/accent.ts';

export function GET(request: Request): Response {
  const query = new URL(request.url).searchParams;
  const colour = query.get('colour') ?? '';
  if (!/^(?:[0-9a-f]{6})?$/.test(colour))
    return new Response('', { status: 400, headers: { 'Cache-Control': 'no-store' } });
  const scope = query.get('scope') === 'preview' ? 'preview' : 'site';
  return new Response(accentStyles(colour === '' ? null : `#${colour}`, scope), {
    headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=86400' },
  });
}
