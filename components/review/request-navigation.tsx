import { REVIEW, reviewRequestLink } from '../links.ts';
import { Kbd } from '../ui/kbd.tsx';

type RequestNavigationProps = { previousId: string | null; nextId: string | null };

/** Links to the neighbouring open requests, in queue order. */
export function RequestNavigation({ previousId, nextId }: RequestNavigationProps) {
  return (
    <nav aria-label="Requests" className="ml-auto flex gap-2">
      <Step hotkey="u" href={REVIEW} text="Queue" />
      {previousId && <Step hotkey="k" href={reviewRequestLink(previousId)} text="Previous" />}
      {nextId && <Step hotkey="j" href={reviewRequestLink(nextId)} text="Next" />}
    </nav>
  );
}

function Step({ text, href, hotkey }: { text: string; href: string; hotkey: string }) {
  return (
    <a aria-keyshortcuts={hotkey} className="button button-small" data-key={hotkey} href={href}>
      {text} <Kbd>{hotkey}</Kbd>
    </a>
  );
}
