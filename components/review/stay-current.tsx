'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const EVERY_MS = 45_000;

/** Keeps a claim going while its page is looked at, and shows what others have done meanwhile. */
export function StayCurrent({ renew }: { renew: (() => Promise<void>) | null }) {
  const router = useRouter();
  useEffect(() => {
    async function tick() {
      if (document.hidden) return;
      // Offline, or signed out: the next step says so.
      await renew?.().catch(() => undefined);
      router.refresh();
    }
    const timer = setInterval(() => void tick(), EVERY_MS);
    return () => clearInterval(timer);
  }, [renew, router]);
  return null;
}
