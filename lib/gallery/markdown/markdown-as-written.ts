export type MarkdownOptions = {
  /** The source repository that relative links and images belong to (`org.opencontainers.image.source`). */
  sourceUrl?: string | null;
};

/** For a text that can't be rendered, or not in time. */
export function showAsWritten(markdown: string): string {
  return `<pre tabindex="0">${escapeHtml(markdown)}</pre>`;
}

/** Rendered, code stands in a `code` of its own. */
export function isAsWritten(html: string): boolean {
  return /^<pre tabindex="0">[^<]/.test(html);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
