import { getApp } from '#lib/app.ts';
import { findLogo } from '#lib/catalog/logo-store.ts';

// Other headers come from next.config.ts, nosniff among them. The picture was encoded here, and still gets no rights at all.
const HEADERS = {
  'Content-Type': 'image/webp',
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** An address stands for one content for ever, and is as good as a secret: pages name it only to whoever may see them. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const bytes = await findLogo(getApp(), await params);
  if (!bytes) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    return new Response('There is no such logo.\n', { status: 404, headers });
  }
  return new Response(bytes, { headers: HEADERS });
}
