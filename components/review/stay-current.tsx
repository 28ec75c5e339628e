'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const EVERY_MS = 45_000;

/** Renews the claim while its page is visible, and refreshes the page. */
export function StayCurrent({ renew }: { renew: (() => Promise<void>) | null }) {
  const router = useRouter();
  useEffect(() => {
    async function tick() {
      if (document.hidden) return;
      // Offline or signed out. The next step reports it.
      await renew?.().catch(() => undefined);
      router.refresh();
    }
    const timer = setInterval(() => void tick(), EVERY_MS);
    return () => clearInterval(timer);
  }, [renew, router]);
  return null;
}
