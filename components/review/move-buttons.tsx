'use client';

import { useRef } from 'react';
import { Kbd } from '../ui/kbd.tsx';

/** Moves the focus through the rows of the queue, so that Enter opens one. */
export function MoveButtons() {
  // Remembers the row, because pressing a button moves the focus.
  const lastLink = useRef<HTMLElement | null>(null);
  const move = (step: 1 | -1) => {
    lastLink.current = focusRow(step, lastLink.current);
  };
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

/** Focuses the row `step` away from the focused one or from `lastLink`. Returns its link. */
function focusRow(step: 1 | -1, lastLink: HTMLElement | null): HTMLElement | null {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const focused = links.findIndex((link) => link === document.activeElement);
  const at = focused >= 0 ? focused : links.findIndex((link) => link === lastLink);
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  if (!next) return lastLink;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return next;
}
