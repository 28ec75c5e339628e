'use client';

import { useEffect, useRef } from 'react';

/** Scrolls the strip it is in to its current link, which may be out of sight on a phone. */
export function ScrollToCurrent() {
  const marker = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const strip = marker.current?.parentElement;
    const current = strip?.querySelector<HTMLElement>('[aria-current=page]');
    if (!strip || !current) return;
    const start = current.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft;
    strip.scrollLeft = start - (strip.clientWidth - current.offsetWidth) / 2;
  }, []);
  return <span hidden ref={marker} />;
}
