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

/** `current` holds the settings to edit. Null for a new mirror, where empty fields keep a known host's settings. */
type UpstreamFieldsProps = { current: UpstreamSettingsView | null };

const MINUTE_SECONDS = 60;
/** Shows the pattern syntax. */
const RULES_PLACEHOLDER = 'nightly-* 1\nv* 1440';

/** Credentials, freshness and connection of an upstream. */
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
        hint={isStored ? 'Leave empty to remove both' : 'Only if the registry requires it'}
        label="Username"
        maxLength={200}
        name="username"
        spellCheck={false}
      />
      <TextField
        autoComplete="new-password"
        errorKeys={upstreamKeys('password')}
        hint={isStored ? 'A password is stored. Leave this empty to keep it' : 'Stored encrypted and never shown'}
        label="Password or access token"
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
  const unchanged = current ? '' : '. Leave empty to keep the current value';
  return (
    <Fold isOpen={isRefused} summary="Freshness">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          defaultValue={current ? show(current.tagTtlSeconds, MINUTE_SECONDS) : ''}
          errorKeys={upstreamKeys('tagTtlSeconds')}
          hint={`How long a tag is served before checking the upstream again${unchanged}`}
          inputMode="decimal"
          label="Tag freshness, in minutes"
          maxLength={20}
          name="minutes"
          placeholder={show(DEFAULT_TAG_TTL_SECONDS, MINUTE_SECONDS)}
        />
        <TextField
          defaultValue={current ? show(current.staleSeconds, DAY_SECONDS) : ''}
          errorKeys={upstreamKeys('staleSeconds')}
          hint={`Maximum age of copies served while the upstream is unreachable${unchanged}`}
          inputMode="decimal"
          label="Stale copies, in days"
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
        hint="One rule per line: a tag pattern with * and minutes. The first match applies"
        label="Tag-specific freshness"
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
        hint="Traffic can be read and changed in transit. Allowed only in networks the operator has configured"
        isChecked={current?.isPlainHttp}
        label="Use plain HTTP"
        name="isPlainHttp"
      />
      <TextField
        defaultValue={current?.tokenHost ?? ''}
        errorKeys={upstreamKeys('tokenHost')}
        hint="Only if the token service is on another domain. Credentials are sent there too"
        isCode
        label="Token service host"
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
