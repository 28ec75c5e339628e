// Downloads of attached documents: `/api/attached/ALIAS/NAME/-/DIGEST`.
import { attachedFile } from '#lib/distribution/attached/attached-file.ts';
import { getApp } from '#lib/app.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { isName } from '#lib/oci/name.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { answerFileBusy, answerFileMissing } from '../../../_lib/repository/public-files.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { getViewer } from '../../../_lib/session/session.ts';

// The content is a publisher's. It is never shown in place, and gets no rights if it is opened anyway.
const HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, no-cache',
};

export async function GET(_request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const { path } = await params;
  const digest = parseDigest((path.at(-1) ?? '').replace(/%3a/i, ':'));
  const fullName = path.slice(0, -2).join('/');
  if (!digest || path.at(-2) !== '-' || !isName(fullName)) return answerFileMissing('document');
  const app = getApp();
  const repository = await findVisibleRepository(app, { caller: await getViewer(), fullName });
  if (!repository) return answerFileMissing('document');
  try {
    const file = await attachedFile(app, { repository, digest });
    if (!file) return answerFileMissing('document');
    const headers = {
      ...HEADERS,
      'Content-Type': file.mediaType,
      'Content-Length': String(file.bytes.length),
      'Content-Disposition': `attachment; filename="${file.name}"`,
    };
    return new Response(new Uint8Array(file.bytes), { headers });
  } catch (error) {
    if (isAppError(error)) return answerFileBusy('document');
    throw error;
  }
}
