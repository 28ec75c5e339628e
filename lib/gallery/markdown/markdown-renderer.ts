// Renders Markdown on a worker thread and caches the result. A crafted text can keep the parser busy for minutes.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isAppError } from '#lib/platform/errors.ts';
import type { ImageSizes } from '#lib/gallery/images/image-sizes.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import { isPlainText, showAsPlainText, type MarkdownOptions } from './markdown-fallback.ts';
import type { MarkdownWork } from './markdown-script.ts';
import { MAX_MARKDOWN_LENGTH } from '#lib/repositories/schema.ts';

const SCRIPT = 'lib/gallery/markdown/markdown-script.ts';
/** Longer than the parser's own time limit, for what that can't interrupt. */
const TIMEOUT_MS = 5_000;
/** Retries text that timed out after this time, when the load may be lower. */
const FALLBACK_TTL_MS = 600_000;
const MAX_SOURCE_URL_LENGTH = 2_048;
const MAX_CACHED_BYTES = 16 * 1024 * 1024;

export type MarkdownRenderer = {
  /**
   * Renders safe HTML, or the escaped text when rendering fails or takes too long. Never rejects.
   * @param key the requester: a user or a client network
   */
  render: (text: string, key: string, options?: MarkdownOptions) => Promise<string>;
};

type RendererParts = {
  offload: Offload;
  log: Log;
  imageKey: Uint8Array;
  imageSizes: Pick<ImageSizes, 'addTo'>;
};

export function createMarkdownRenderer({ offload, log, imageKey, imageSizes }: RendererParts): MarkdownRenderer {
  const rendered = new LRUCache<string, string>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: (html, textHash) => html.length + textHash.length,
  });
  const flights = new SingleFlight<string>();

  const renderNew = async (textHash: string, key: string, input: MarkdownWork): Promise<string> => {
    let html: string;
    try {
      html = String(await offload.run({ script: SCRIPT, input, key, timeoutMs: TIMEOUT_MS }));
    } catch (error) {
      html = showAsPlainText(input.text);
      // It may be rendered next time, so don't cache it.
      if (isAppError(error) && error.code === 'rate_limited') return html;
      log.warn({ err: error, textHash }, 'rendering Markdown failed');
    }
    rendered.set(textHash, html, isPlainText(html) ? { ttl: FALLBACK_TTL_MS } : {});
    return html;
  };

  return {
    render: async (whole, key, { sourceUrl = null } = {}) => {
      const text = whole.slice(0, MAX_MARKDOWN_LENGTH);
      if (text.trim() === '') return '';
      // Pass only the options that the thread needs.
      const options = { sourceUrl: sourceUrl?.slice(0, MAX_SOURCE_URL_LENGTH) ?? null, imageKey };
      const textHash = hash('sha256', JSON.stringify([text, options.sourceUrl]));
      const known = rendered.get(textHash);
      const html = known ?? (await flights.run(textHash, () => renderNew(textHash, key, { text, options })));
      return imageSizes.addTo(html);
    },
  };
}
