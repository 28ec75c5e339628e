import { getApp } from '#lib/app.ts';
import { findLogo, isLogoShown } from '#lib/publishers/logos/logo-store.ts';

// Grants no rights, although the image was encoded here. next.config.ts adds nosniff.
const HEADERS = {
  'Content-Type': 'image/webp',
  // The content is immutable, but quarantine hides logos, so caches must revalidate.
  'Cache-Control': 'public, max-age=300, must-revalidate',
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The id identifies immutable content and is the ETag. It can't be guessed, so it needs no authorisation. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const headers = { ...HEADERS, ETag: `"${id}"` };
  if (isUnchanged(request, id) && (await isLogoShown(getApp(), { id })))
    return new Response(null, { status: 304, headers });
  const bytes = await findLogo(getApp(), { id });
  if (!bytes) {
    const missing = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    return new Response("The logo doesn't exist.\n", { status: 404, headers: missing });
  }
  return new Response(bytes, { headers });
}

/** RFC 9110 §13.1.2: weak comparison. */
function isUnchanged(request: Request, id: string): boolean {
  const known = request.headers.get('if-none-match') ?? '';
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${id}"`);
}
