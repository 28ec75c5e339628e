import { cardLink } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';

type CardSnippetProps = {
  repository: { alias: string; name: string };
  /** The HTML that embeds the card. */
  frame: string;
  height: number;
};

/** Shows the card with the HTML that embeds it. */
export function CardSnippet({ repository, frame, height }: CardSnippetProps) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        Paste this into a page or blog. The card runs no scripts and sets no cookies. Add{' '}
        <code className="font-mono text-sm">?theme=light</code> or{' '}
        <code className="font-mono text-sm">?theme=dark</code> to choose a theme.
      </p>
      <iframe
        className="w-full max-w-[480px] print:hidden"
        height={height}
        loading="lazy"
        src={cardLink(repository)}
        title="Preview of the card"
      />
      <CodeLine code={frame} label="Copy card HTML" />
    </div>
  );
}
