import { CopyCode } from './copy-code.tsx';

/** `html` must come from renderMarkdown, which sanitises it. */
export function Markdown({ html }: { html: string }) {
  return (
    <CopyCode>
      <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} dir="auto" />
    </CopyCode>
  );
}
