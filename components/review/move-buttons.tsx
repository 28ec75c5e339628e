'use client';

import { Kbd } from '../ui/kbd.tsx';

/** Moves the focus through the rows of the queue; Enter then opens the one that has it. */
export function MoveButtons() {
  return (
    <span className="needs-script flex gap-2">
      <button aria-keyshortcuts="k" className="button button-small" data-key="k" onClick={() => move(-1)} type="button">
        Up <Kbd>k</Kbd>
      </button>
      <button aria-keyshortcuts="j" className="button button-small" data-key="j" onClick={() => move(1)} type="button">
        Down <Kbd>j</Kbd>
      </button>
    </span>
  );
}

/** Where the focus was last: pressing a button takes it from the row. */
let lastLink: HTMLElement | null = null;

function move(step: 1 | -1) {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const focused = links.findIndex((link) => link === document.activeElement);
  const at = focused >= 0 ? focused : links.findIndex((link) => link === lastLink);
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  if (!next) return;
  lastLink = next;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
