'use client';

import { useEffect, useRef, useState } from 'react';
import type { BannerLevel } from '#lib/site/schema.ts';
import { accentLink } from '../links.ts';
import { SiteBanner } from '../site/site-banner.tsx';
import { SiteName } from '../site/site-name.tsx';

export type PreviewedSettings = {
  name: string;
  logoId: string | null;
  accent: string;
  bannerText: string;
  bannerLevel: BannerLevel;
  bannerUrl: string;
};

const DEFAULT_NAME = 'Vitrine';
const COLOUR = /^#[0-9a-f]{6}$/;

/** Shows the header in both themes as typed into the surrounding form. Without JavaScript, as saved. */
export function SitePreview({ saved }: { saved: PreviewedSettings }) {
  const section = useRef<HTMLElement>(null);
  const [typed, setTyped] = useState<PreviewedSettings | null>(null);
  useEffect(() => {
    const form = section.current?.closest('form');
    if (!form) return undefined;
    const onInput = () => setTyped(readForm(form, saved.logoId));
    form.addEventListener('input', onInput);
    return () => form.removeEventListener('input', onInput);
  }, [saved.logoId]);
  const shown = typed ?? saved;
  const colour = COLOUR.test(shown.accent) ? shown.accent : '';
  return (
    <section aria-label="Preview" className="min-w-0" ref={section}>
      <h2 className="mb-3 text-lg font-semibold">Preview</h2>
      <link href={accentLink(colour, 'preview')} rel="stylesheet" />
      <div className="flex flex-col gap-4 lg:sticky lg:top-4">
        <Sample settings={shown} theme="light" />
        <Sample settings={shown} theme="dark" />
      </div>
    </section>
  );
}

function Sample({ settings, theme }: { settings: PreviewedSettings; theme: 'light' | 'dark' }) {
  const { name, logoId, bannerText, bannerLevel, bannerUrl } = settings;
  return (
    <div
      className="accent-preview overflow-hidden rounded-lg border border-line bg-canvas text-ink"
      data-theme={theme}
      inert
    >
      {bannerText && <SiteBanner banner={{ text: bannerText, level: bannerLevel, url: bannerUrl }} />}
      <div className="flex items-center gap-2 border-b border-line px-4 py-3 text-lg font-semibold tracking-tight">
        <SiteName logoId={logoId} name={name || DEFAULT_NAME} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-4">
        <span className="button button-primary button-small">Button</span>
        <span className="link">A link</span>
        <span className="rounded border border-transparent bg-accent-soft px-1.5 text-xs leading-5 text-accent">
          A label
        </span>
      </div>
    </div>
  );
}

function readForm(form: HTMLFormElement, logoId: string | null): PreviewedSettings {
  const data = new FormData(form);
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const level = text('bannerLevel');
  return {
    name: text('name'),
    logoId,
    accent: text('accent').toLowerCase(),
    bannerText: text('bannerText'),
    bannerLevel: level === 'warning' || level === 'critical' ? level : 'info',
    bannerUrl: text('bannerUrl'),
  };
}
