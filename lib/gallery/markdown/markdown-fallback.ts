export type MarkdownOptions = {
  /** Base of relative links and images (`org.opencontainers.image.source`). */
  sourceUrl?: string | null;
  /** Signs the addresses of images, so that they load through this site. Without it, they load from their own. */
  imageKey?: Uint8Array | null;
};

/** Fallback for text that can't be rendered, or not in time. */
export function showAsPlainText(markdown: string): string {
  return `<pre tabindex="0">${escapeHtml(markdown)}</pre>`;
}

/** Tells the fallback from rendered code, which has a `code` element inside. */
export function isPlainText(html: string): boolean {
  return /^<pre tabindex="0">[^<]/.test(html);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
