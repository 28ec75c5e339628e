'use client';

import type { ReactNode } from 'react';
import { DAY_SECONDS, DEFAULT_STALE_SECONDS, DEFAULT_TAG_TTL_SECONDS } from '#lib/upstream/schema.ts';
import type { UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { useFieldError, useFieldValue } from '../forms/action-state.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { writeTagRules } from './tag-rules-text.ts';
import { upstreamKeys } from './upstream-keys.ts';

export type UpstreamSettingsView = Pick<
  UpstreamOverview,
  'host' | 'isPlainHttp' | 'tokenHost' | 'username' | 'tagTtlSeconds' | 'tagRules' | 'staleSeconds'
>;

/** `current`: what is being edited; null: what is left empty stays as it is, if the host is known already. */
type UpstreamFieldsProps = { current: UpstreamSettingsView | null };

const MINUTE_SECONDS = 60;
/** What pages can't be told by a schema: `*` is any text. */
const RULES_PLACEHOLDER = 'nightly-* 1\nv* 1440';

/** How to reach an upstream, beside its host. */
export function UpstreamFields({ current }: UpstreamFieldsProps) {
  return (
    <>
      <Credentials current={current} />
      <Freshness current={current} />
      <Connection current={current} />
    </>
  );
}

function Credentials({ current }: UpstreamFieldsProps) {
  const isStored = current !== null && current.username !== null;
  return (
    <fieldset className="grid items-start gap-4 sm:grid-cols-2">
      <legend className="sr-only">Credentials</legend>
      <TextField
        autoCapitalize="off"
        autoComplete="off"
        defaultValue={current?.username ?? ''}
        errorKeys={upstreamKeys('username')}
        hint={isStored ? 'Left empty, both are removed.' : 'Only if it asks for one.'}
        label="User name there"
        maxLength={200}
        name="username"
        spellCheck={false}
      />
      <TextField
        autoComplete="new-password"
        errorKeys={upstreamKeys('password')}
        hint={isStored ? 'One is stored, and never shown. Left empty, it stays.' : 'Kept encrypted, and never shown.'}
        label="Password or access token there"
        maxLength={4096}
        name="password"
        type="password"
      />
    </fieldset>
  );
}

function Freshness({ current }: UpstreamFieldsProps) {
  const keys = ['tagTtlSeconds', 'tagRules', 'staleSeconds'].flatMap(upstreamKeys);
  const isRefused = useFieldError(keys) !== undefined;
  const unchanged = current ? '' : ' Left empty, it stays as it is.';
  return (
    <Fold isOpen={isRefused} summary="Freshness">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          defaultValue={current ? show(current.tagTtlSeconds, MINUTE_SECONDS) : ''}
          errorKeys={upstreamKeys('tagTtlSeconds')}
          hint={`After that it is asked whether a tag has moved.${unchanged}`}
          inputMode="decimal"
          label="A tag is fresh for, in minutes"
          maxLength={20}
          name="minutes"
          placeholder={show(DEFAULT_TAG_TTL_SECONDS, MINUTE_SECONDS)}
        />
        <TextField
          defaultValue={current ? show(current.staleSeconds, DAY_SECONDS) : ''}
          errorKeys={upstreamKeys('staleSeconds')}
          hint={`While it can’t be asked, a copy of at most that age is served.${unchanged}`}
          inputMode="decimal"
          label="Old copies are served for, in days"
          maxLength={20}
          name="days"
          placeholder={show(DEFAULT_STALE_SECONDS, DAY_SECONDS)}
        />
      </div>
      <TextAreaField
        autoCapitalize="off"
        className="font-mono"
        defaultValue={current ? writeTagRules(current.tagRules) : ''}
        errorKeys={upstreamKeys('tagRules')}
        hint="A line each: a tag, with * for anything, and minutes. The first that matches counts."
        label="Tags with a time of their own"
        name="rules"
        placeholder={RULES_PLACEHOLDER}
        rows={3}
        spellCheck={false}
      />
    </Fold>
  );
}

function Connection({ current }: UpstreamFieldsProps) {
  const isRefused = useFieldError(upstreamKeys('tokenHost')) !== undefined;
  const isPlainHttp = useFieldValue('isPlainHttp', current?.isPlainHttp ? '1' : '') === '1';
  return (
    <Fold isOpen={isRefused || isPlainHttp} summary="Connection">
      <CheckboxField
        hint="Whoever is in between reads and changes everything. Only in networks that the operator of this site allows."
        isChecked={current?.isPlainHttp}
        label="It speaks plain http"
        name="isPlainHttp"
      />
      <TextField
        defaultValue={current?.tokenHost ?? ''}
        errorKeys={upstreamKeys('tokenHost')}
        hint="Only if its token service is on another domain: user name and password are sent there too."
        isCode
        label="Host of its token service"
        maxLength={300}
        name="tokenHost"
      />
    </Fold>
  );
}

function Fold({ summary, isOpen, children }: { summary: string; isOpen: boolean; children: ReactNode }) {
  return (
    <details className="rounded-md border border-line px-3 py-2" open={isOpen || undefined}>
      <summary className="w-fit font-medium">{summary}</summary>
      <div className="flex flex-col gap-4 pt-3 pb-1">{children}</div>
    </details>
  );
}

function show(seconds: number, unitSeconds: number): string {
  return String(seconds / unitSeconds);
}
