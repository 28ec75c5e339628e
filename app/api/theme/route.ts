// The theme button without JavaScript. Sets the cookie and redirects back.
import { parseTheme, THEME_COOKIE } from '#components/site/theme.ts';

const YEAR_SECONDS = 31_536_000;

export async function POST(request: Request): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const theme = parseTheme(form.get('theme'));
  const headers = new Headers({ Location: refererPath(request), 'Cache-Control': 'no-store' });
  if (theme) headers.set('Set-Cookie', `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`);
  return new Response(null, { status: 303, headers });
}

/** Path and query only, to prevent open redirects. */
function refererPath(request: Request): string {
  const referer = URL.parse(request.headers.get('referer') ?? '');
  return referer ? referer.pathname.replace(/^\/{2,}/, '/') + referer.search : '/';
}
