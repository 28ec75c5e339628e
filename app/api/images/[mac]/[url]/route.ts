import { getApp } from '#lib/app.ts';
import { imagePath, readImageLink } from '#lib/gallery/images/image-link.ts';
import { isAppError } from '#lib/platform/errors.ts';

const HOUR_SECONDS = 3_600;

// The content comes from other sites. It gets no rights, no type but its own, and no scripts if it is opened as a page.
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

type ImageRoute = { params: Promise<{ mac: string; url: string }> };

/** Serves an image of a publisher's text. Its signed address is the permission, so it needs no authorisation. */
export async function GET(request: Request, { params }: ImageRoute): Promise<Response> {
  const { authKeys, images, imageSizes } = getApp();
  const parts = await params;
  const url = readImageLink(authKeys.images, parts);
  if (!url) return refuse(404, "The image doesn't exist.");
  try {
    const image = await images.load(url, request.headers.get('x-client-address') || null);
    if (!image) return refuse(404, "The image can't be loaded.");
    await imageSizes.remember(imagePath(parts), image);
    const headers = {
      ...HEADERS,
      'Content-Type': image.type,
      'Cache-Control': `public, max-age=${HOUR_SECONDS}`,
      // Opened as a page, an SVG could imitate one of this site.
      'Content-Disposition': image.type === 'image/svg+xml' ? 'attachment; filename="image.svg"' : 'inline',
    };
    return new Response(new Uint8Array(image.bytes), { headers });
  } catch (error) {
    if (isAppError(error) && error.code === 'rate_limited') {
      return refuse(429, error.message, { 'Retry-After': String(error.retryAfterSeconds ?? 5) });
    }
    throw error;
  }
}

function refuse(status: number, sentence: string, more: Record<string, string> = {}): Response {
  const headers = { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...more };
  return new Response(`${sentence}\n`, { status, headers });
}
