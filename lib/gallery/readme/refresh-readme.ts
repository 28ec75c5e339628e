import { z } from 'zod';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';
import { MAX_MARKDOWN_LENGTH } from '#lib/repositories/schema.ts';
import type { UpstreamClient } from '#lib/upstream/client/upstream-client.ts';
import { readImageAnnotations, type AnnotationsApp } from '../repository/read-image-annotations.ts';
import { toStatedFacts } from '../repository/stated-facts.ts';
import { getFeaturedTag } from '../tag-queries.ts';
import { findSourceLinks, toRawLink } from './find-readme-links.ts';

const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 15_000;
const payloadSchema = z.object({ repositoryId: z.string().regex(/^\d+$/) });

export type ReadmeApp = AnnotationsApp & {
  upstream: { client: Pick<UpstreamClient, 'fetchFile'>; closing: AbortController };
};

type Fetched = { url: string; text: string } | { problem: string };

/** Fetches the README of a repository that has it switched on. A failure keeps the last text. */
export async function refreshReadme(app: ReadmeApp, payload: unknown): Promise<void> {
  const repositoryId = BigInt(payloadSchema.parse(payload).repositoryId);
  const select = { name: true, registryKey: true, sourceUrl: true, quarantinedAt: true, readme: true };
  const repository = await app.db.repository.findUnique({ where: { id: repositoryId }, select });
  if (!repository?.readme || repository.quarantinedAt) return;
  const { name, registryKey, readme, sourceUrl } = repository;
  const where = { repositoryId, source: readme.source };
  // Before the fetch, so that a push meanwhile makes it due again, and an unexpected error doesn't hold up others.
  await app.db.readme.updateMany({ where, data: { triedAt: new Date() } });
  const fetched = readme.source === 'source' ? await fromSource(app, sourceUrl) : await fromImage(app, repositoryId);
  if ('problem' in fetched) {
    await app.db.readme.updateMany({ where, data: { problem: fetched.problem } });
    return;
  }
  const data = { url: fetched.url, text: fetched.text, fetchedAt: new Date(), problem: null };
  await app.db.$transaction(async (tx) => {
    // The publisher may have switched it off meanwhile.
    const { count } = await tx.readme.updateMany({ where, data });
    const isNew = fetched.text !== readme.text || fetched.url !== readme.url;
    if (count === 0 || !isNew) return;
    await tx.repository.update({
      where: { id: repositoryId },
      data: { version: { increment: 1 } },
      select: { id: true },
    });
    await recordChange(tx, {
      type: 'repository.refresh-readme',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { repositoryId, name },
      after: { url: fetched.url },
    });
  });
}

async function fromSource(app: ReadmeApp, sourceUrl: string | null): Promise<Fetched> {
  if (sourceUrl === null) {
    return { problem: 'The image names no source repository. Set the label org.opencontainers.image.source.' };
  }
  const links = findSourceLinks(sourceUrl);
  if (links.length === 0) {
    return { problem: 'Only READMEs on GitHub, GitLab and Bitbucket can be found by the source repository.' };
  }
  let last: Fetched = { problem: '' };
  for (const link of links) {
    last = await fetchText(app, link);
    if ('text' in last) return last;
  }
  return last;
}

async function fromImage(app: ReadmeApp, repositoryId: bigint): Promise<Fetched> {
  const image = await getFeaturedTag(app, { repositoryId });
  if (!image) return { problem: 'The repository has no image yet.' };
  const { values } = await readImageAnnotations(app, { repositoryId, image });
  const { readmeLink } = toStatedFacts(values);
  const url = readmeLink === null ? null : toRawLink(readmeLink);
  if (!url) {
    return { problem: 'The image names no README. Set the annotation io.artifacthub.package.readme-url.' };
  }
  return fetchText(app, url);
}

async function fetchText(app: ReadmeApp, url: URL): Promise<Fetched> {
  const { client, closing } = app.upstream;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const bytes = await client.fetchFile({
      url,
      maxBytes: MAX_BYTES,
      signal: AbortSignal.any([closing.signal, timeout]),
    });
    if (!bytes) return { problem: `${url.href} doesn’t exist or is larger than 1 MB.` };
    const text = readMarkdown(bytes);
    return text === null ? { problem: `${url.href} isn’t a Markdown text.` } : { url: url.href, text };
  } catch (error) {
    if (timeout.aborted) return { problem: `${url.host} took too long to answer.` };
    if (isAppError(error)) return { problem: `${url.host} couldn’t be reached.` };
    throw error;
  }
}

/** Null for a web page or anything that isn't UTF-8. */
function readMarkdown(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const isPage = /^\s*<(?:!doctype html|html)[\s>]/i.test(text);
    if (isPage || text.includes('\0') || text.trim() === '') return null;
    return cutAtLine(toStorableText(text));
  } catch {
    return null;
  }
}

function cutAtLine(text: string): string {
  if (text.length <= MAX_MARKDOWN_LENGTH) return text;
  const cut = text.slice(0, MAX_MARKDOWN_LENGTH);
  return cut.slice(0, Math.max(cut.lastIndexOf('\n'), MAX_MARKDOWN_LENGTH / 2));
}
