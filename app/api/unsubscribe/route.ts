// Ends email digests with one click in a mail program (RFC 8058), which posts without cookies. A browser gets a page that
// asks first, because programs that check links open them.
import { unsubscribeLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { unsubscribe } from '#lib/following/digest/unsubscribe.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import { getOrigin } from '../../_lib/session/session.ts';

const HEADERS = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };

const tokenOf = (request: Request) => new URL(request.url).searchParams.get('token') ?? '';

export function GET(request: Request): Response {
  const headers = { Location: unsubscribeLink(tokenOf(request)), 'Cache-Control': 'no-store' };
  return new Response(null, { status: 303, headers });
}

export async function POST(request: Request): Promise<Response> {
  try {
    await requireWritable(getApp());
    await unsubscribe(getApp(), { token: tokenOf(request), context: await getOrigin() });
  } catch (error) {
    if (!isAppError(error)) throw error;
    const status = error.code === 'read_only' ? 503 : 404;
    return new Response(`${error.message}\n`, { status, headers: HEADERS });
  }
  return new Response("You won't get these emails any more.\n", { headers: HEADERS });
}
