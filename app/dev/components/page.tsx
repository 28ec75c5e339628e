import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getApp } from '#lib/app.ts';
import { SitePage } from '../../_lib/frames/site-page.tsx';
import { CatalogSamples } from './catalog-samples.tsx';
import { UiSamples } from './ui-samples.tsx';

export function generateMetadata(): Metadata {
  if (!getApp().config.isDevelopment) notFound();
  return { title: 'Components', robots: { index: false } };
}

/** Component samples, served by `npm run dev` only. */
export default function ComponentsPage() {
  if (!getApp().config.isDevelopment) notFound();
  return (
    <SitePage>
      <h1 className="text-xl font-semibold">Components</h1>
      <p className="mt-1 text-muted">Each in every state it has, in both themes.</p>
      <h2 className="mt-8 text-lg font-semibold">Without a word of the product</h2>
      <UiSamples />
      <h2 className="mt-10 text-lg font-semibold">Of the gallery</h2>
      <CatalogSamples />
    </SitePage>
  );
}
