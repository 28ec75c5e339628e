import { getApp } from '#lib/app.ts';
import { findLogo, isLogoShown } from '#lib/publishers/logos/logo-store.ts';

// Other headers come from next.config.ts, nosniff among them. The picture was encoded here, and still gets no rights at all.
const HEADERS = {
  'Content-Type': 'image/webp',
  // The content never changes. Whether it is shown does: a quarantine closes its logo too.
  'Cache-Control': 'public, max-age=300, must-revalidate',
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** An address stands for one content for ever, which its ETag says, and is as good as a secret: pages name it only to whoever may see them. */
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
