'use client';

import type { ReactNode } from 'react';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { SitePreview, type PreviewedSettings } from './site-preview.tsx';

// Limits copied from lib/site/schema.ts, which would bring zod into the browser.
const MAX_NAME = 60;
const MAX_DESCRIPTION = 200;
const MAX_BANNER = 300;
const MAX_URL = 500;

const LEVELS = [
  { value: 'info', text: 'Information' },
  { value: 'warning', text: 'Warning' },
  { value: 'critical', text: 'Critical' },
];

export type SavedSettings = PreviewedSettings & {
  description: string;
  contact: string;
  termsUrl: string;
  privacyUrl: string;
  bannerUrl: string;
  /** A day such as `2026-11-30`, or empty. */
  bannerUntil: string;
};

export function SiteSettingsForm({ action, saved }: { action: FormAction; saved: SavedSettings }) {
  return (
    <ActionForm
      action={action}
      button="Save settings"
      className="gap-8"
      noticePlace="bottom"
      successNotice="Settings saved."
    >
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
        <div className="flex min-w-0 flex-col gap-8">
          <Group title="Identity">
            <TextField
              defaultValue={saved.name}
              hint="In the header, titles and emails. Empty for Vitrine"
              label="Site name"
              maxLength={MAX_NAME}
              name="name"
            />
            <TextField
              defaultValue={saved.description}
              hint="One line on the home page and in link previews"
              label="Description"
              maxLength={MAX_DESCRIPTION}
              name="description"
            />
            <TextField
              defaultValue={saved.accent}
              hint="Such as #0b6b64. Made lighter or darker where text would be hard to read"
              isCode
              label="Accent colour"
              maxLength={7}
              name="accent"
            />
          </Group>
          <Group title="Contact and legal">
            <TextField
              defaultValue={saved.contact}
              hint="An email address or a web page"
              label="Contact"
              maxLength={MAX_URL}
              name="contact"
            />
            <LinkField label="Terms of use" name="termsUrl" saved={saved} />
            <LinkField label="Privacy policy" name="privacyUrl" saved={saved} />
          </Group>
          <Group title="Announcement">
            <TextField
              defaultValue={saved.bannerText}
              hint="Shown above every page. Empty for none"
              label="Text"
              maxLength={MAX_BANNER}
              name="bannerText"
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <SelectField choices={LEVELS} defaultValue={saved.bannerLevel} label="Level" name="bannerLevel" />
              <TextField
                defaultValue={saved.bannerUntil}
                hint="Last day, in UTC. Empty for no end"
                label="Until"
                name="bannerUntil"
                type="date"
              />
            </div>
            <LinkField label="Link" name="bannerUrl" saved={saved} />
          </Group>
        </div>
        <SitePreview saved={saved} />
      </div>
    </ActionForm>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-3 text-lg font-semibold">{title}</legend>
      {children}
    </fieldset>
  );
}

type LinkFieldProps = { label: string; name: 'termsUrl' | 'privacyUrl' | 'bannerUrl'; saved: SavedSettings };

function LinkField({ label, name, saved }: LinkFieldProps) {
  return (
    <TextField
      defaultValue={saved[name]}
      inputMode="url"
      label={label}
      maxLength={MAX_URL}
      name={name}
      placeholder="https://"
    />
  );
}
