// Link preview images: `/api/og/ALIAS/NAME.png`, `/api/og/ALIAS.png`.
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import { siteName } from '#lib/site/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import type { PreviewWords } from '../../../_lib/repository/preview-script.ts';
import {
  answerFileBusy,
  answerFileMissing,
  FILE_HEADERS,
  findPublicRepository,
  parseFilePath,
} from '../../../_lib/repository/public-files.ts';
import { getWorkKey } from '../../../_lib/session/session.ts';

type Picture = Uint8Array<ArrayBuffer>;

const SCRIPT = 'app/_lib/repository/preview-script.ts';
/** The first image on a thread also loads the font and renderer. */
const TIMEOUT_MS = 10_000;

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const at = parseFilePath((await params).path, '.png');
  const words = at && (at.name === null ? await publisherWords(at.alias) : await repositoryWords(at.alias, at.name));
  if (!words) return answerFileMissing('picture');
  const body = await findOrDraw(words);
  if (!body) return answerFileBusy('picture');
  return answerCacheable(request, {
    body,
    headers: { ...FILE_HEADERS, 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=300, must-revalidate' },
  });
}

/** Returns null when too many pictures are being drawn already. */
async function findOrDraw(words: PreviewWords): Promise<Picture | null> {
  const { previews, offload } = getApp();
  const draw = async () => {
    const work = { script: SCRIPT, input: words, key: await getWorkKey(), timeoutMs: TIMEOUT_MS };
    return (await offload.run(work)) as Picture;
  };
  try {
    return await previews.get(JSON.stringify(words), draw);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

async function repositoryWords(alias: string, name: string): Promise<PreviewWords | null> {
  const found = await findPublicRepository(alias, name);
  if (!found) return null;
  const { primaryAlias, description, tagCount, verification } = found.repository;
  // No pull counts, because every pull would make cached images stale.
  return {
    above: `${primaryAlias}/`,
    title: name,
    text: description,
    site: siteName(getApp().siteSettings.latest),
    facts: [countOf(tagCount, 'tag'), ...(verification ? ['Verified publisher'] : [])],
  };
}

async function publisherWords(alias: string): Promise<PreviewWords | null> {
  const publisher = aliasSchema.safeParse(alias).success ? await getPublisherPage(getApp(), alias) : null;
  if (!publisher) return null;
  const { primaryAlias, displayName, repositoryCount, verification } = publisher;
  return {
    above: 'Publisher',
    title: primaryAlias,
    text: displayName,
    site: siteName(getApp().siteSettings.latest),
    facts: [
      countOf(repositoryCount, 'public repository', 'public repositories'),
      ...(verification ? ['Verified publisher'] : []),
    ],
  };
}
