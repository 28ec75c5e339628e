// The pictures that other sites show beside a link: `/api/og/ALIAS/NAME.png`, `/api/og/ALIAS.png`.
import { LRUCache } from 'lru-cache';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
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

/** A picture takes a good part of a second to draw, and 20 to 60 kB to keep: by its words, so that no two are the same. */
const drawn = new LRUCache<string, Picture>({ max: 300 });
const drawing = new SingleFlight<Picture | null>();

const SCRIPT = 'app/_lib/repository/preview-script.ts';
/** The first picture of a thread loads the font and its renderer. */
const TIMEOUT_MS = 10_000;

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const at = parseFilePath((await params).path, '.png');
  const words = at && (at.name === null ? await publisherWords(at.alias) : await repositoryWords(at.alias, at.name));
  if (!words) return answerFileMissing('picture');
  const key = JSON.stringify(words);
  const body = drawn.get(key) ?? (await drawing.run(key, () => draw(key, words)));
  if (!body) return answerFileBusy('picture');
  return answerCacheable(request, {
    body,
    headers: { ...FILE_HEADERS, 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=300, must-revalidate' },
  });
}

/** Null: too much is being drawn already. */
async function draw(key: string, words: PreviewWords): Promise<Picture | null> {
  const work = { script: SCRIPT, input: words, key: await getWorkKey(), timeoutMs: TIMEOUT_MS };
  try {
    const bytes = (await getApp().offload.run(work)) as Picture;
    drawn.set(key, bytes);
    return bytes;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

async function repositoryWords(alias: string, name: string): Promise<PreviewWords | null> {
  const found = await findPublicRepository(alias, name);
  if (!found) return null;
  const { primaryAlias, description, tagCount, verification } = found.repository;
  // No pulls: a picture is kept for long, and would be drawn anew with each of them.
  return {
    above: `${primaryAlias}/`,
    title: name,
    text: description,
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
    facts: [
      countOf(repositoryCount, 'public repository', 'public repositories'),
      ...(verification ? ['Verified publisher'] : []),
    ],
  };
}
