import type { ReactNode } from 'react';

/** A section of an item's page. `id` is its URL fragment. */
export function Section({ id, title, children }: { id: string; title: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={`${id}-title`} className="mt-8 scroll-mt-4" id={id}>
      <h3 className="mb-2 text-lg font-semibold" id={`${id}-title`}>
        {title}
      </h3>
      {children}
    </section>
  );
}
