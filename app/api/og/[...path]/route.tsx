// The pictures that other sites show beside a link: `/api/og/ALIAS/NAME.png`, `/api/og/ALIAS.png`.
import { LRUCache } from 'lru-cache';
import { ImageResponse } from 'next/og';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { getPublisherPage } from '#lib/catalog/gallery-queries.ts';
import { aliasSchema } from '#lib/catalog/schema.ts';
import { answerCacheable } from '#lib/platform/http/answer-cacheable.ts';
import { SingleFlight } from '#lib/platform/single-flight.ts';
import { PreviewImage, type PreviewWords } from '../../../_lib/preview-image.tsx';
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from '../../../_lib/preview-size.ts';
import { answerMissing, FILE_HEADERS, findPublicRepository, parseFilePath } from '../../../_lib/public-files.ts';

/** A picture takes a good part of a second to draw, and 20 to 60 kB to keep: by its words, so that no two are the same. */
const drawn = new LRUCache<string, Uint8Array<ArrayBuffer>>({ max: 300 });
const drawing = new SingleFlight<Uint8Array<ArrayBuffer>>();

export async function GET(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const at = parseFilePath((await params).path, '.png');
  const words = at && (at.name === null ? await publisherWords(at.alias) : await repositoryWords(at.alias, at.name));
  if (!words) return answerMissing('picture');
  const key = JSON.stringify(words);
  const body = drawn.get(key) ?? (await drawing.run(key, () => draw(key, words)));
  return answerCacheable(request, {
    body,
    headers: { ...FILE_HEADERS, 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=3600' },
  });
}

async function draw(key: string, words: PreviewWords): Promise<Uint8Array<ArrayBuffer>> {
  const size = { width: PREVIEW_WIDTH, height: PREVIEW_HEIGHT };
  const bytes = new Uint8Array(await new ImageResponse(<PreviewImage words={words} />, size).arrayBuffer());
  drawn.set(key, bytes);
  return bytes;
}

async function repositoryWords(alias: string, name: string): Promise<PreviewWords | null> {
  const found = await findPublicRepository(alias, name);
  if (!found) return null;
  const { primaryAlias, description, tagCount, verification } = found.repository;
  // No pulls: a picture is kept for long, and would be drawn anew with each of them.
  return {
    ...{ above: `${primaryAlias}/`, title: name, text: description },
    facts: [countOf(tagCount, 'tag'), ...(verification ? ['Verified publisher'] : [])],
  };
}

async function publisherWords(alias: string): Promise<PreviewWords | null> {
  const publisher = aliasSchema.safeParse(alias).success ? await getPublisherPage(getApp(), alias) : null;
  if (!publisher) return null;
  const { primaryAlias, displayName, repositoryCount, verification } = publisher;
  return {
    ...{ above: 'Publisher', title: primaryAlias, text: displayName },
    facts: [
      countOf(repositoryCount, 'public repository', 'public repositories'),
      ...(verification ? ['Verified publisher'] : []),
    ],
  };
}
