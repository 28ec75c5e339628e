import type { Metadata } from 'next';
import { getApp } from '#lib/app.ts';
import { siteName } from '#lib/site/schema.ts';
import { cleanText } from '#lib/api/feeds/clean-text.ts';
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from '../repository/preview-size.ts';

type Preview = {
  title: string;
  description: string;
  /** Path of the page. */
  path: string;
  /** Path of its picture. */
  image: string;
};

const MAX_DESCRIPTION = 300;

/** Metadata for link previews. The layout's `metadataBase` makes paths absolute. */
export function previewMetadata({ title, description, path, image }: Preview): Metadata {
  const name = siteName(getApp().siteSettings.latest);
  const text = cleanText(description, MAX_DESCRIPTION) || `${title} in the ${name} container gallery`;
  const picture = { url: image, width: PREVIEW_WIDTH, height: PREVIEW_HEIGHT, alt: title };
  return {
    description: text,
    openGraph: { type: 'website', siteName: name, title, description: text, url: path, images: [picture] },
    twitter: { card: 'summary_large_image', title, description: text, images: [picture] },
  };
}
