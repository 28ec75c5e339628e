'use client';

import type { MouseEvent, ReactNode } from 'react';

const YEAR_SECONDS = 31_536_000;

/** Stores the order of a followed link in a cookie, for searches whose URL has none. */
export function RememberedOrder({ cookie, children }: { cookie: string; children: ReactNode }) {
  function onClick(event: MouseEvent<HTMLDivElement>) {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) return;
    const order = new URL(link.href).searchParams.get('sort') ?? 'relevance';
    document.cookie = `${cookie}=${encodeURIComponent(order)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }

  // Links work by keyboard, whose activation is a click as well.
  return <div onClick={onClick}>{children}</div>;
}
