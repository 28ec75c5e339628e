/** `html` comes out of renderMarkdown, which is what makes it safe to put here. */
export function Markdown({ html }: { html: string }) {
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}
