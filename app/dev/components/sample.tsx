import type { ReactNode } from 'react';

export type SampleTheme = 'light' | 'dark';

/** One component in one state, in both themes. */
export function Sample({ title, children }: { title: string; children: (theme: SampleTheme) => ReactNode }) {
  return (
    <section className="mt-6">
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      <div className="grid gap-3 lg:grid-cols-2">
        {(['light', 'dark'] as const).map((theme) => (
          <div className="min-w-0 rounded-lg border border-line bg-canvas p-4 text-ink" data-theme={theme} key={theme}>
            {children(theme)}
          </div>
        ))}
      </div>
    </section>
  );
}
