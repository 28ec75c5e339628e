import type { ReactNode } from 'react';
import { DAY_SECONDS, DEFAULT_STALE_SECONDS, DEFAULT_TAG_TTL_SECONDS } from '#lib/upstream/schema.ts';
import type { UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { TextArea, TextField } from '../ui/field.tsx';
import { fieldValue, type FormState } from '../ui/form-state.ts';
import { writeTagRules } from './tag-rules-text.ts';

export type UpstreamSettingsView = Pick<
  UpstreamOverview,
  'host' | 'isPlainHttp' | 'tokenHost' | 'username' | 'tagTtlSeconds' | 'tagRules' | 'staleSeconds'
>;

type UpstreamFieldsProps = {
  state: FormState<unknown>;
  /** Before the names of the fields: a page has several such forms. */
  prefix: string;
  /** What is changed; null: what is left empty stays as it is, if the host is known already. */
  current: UpstreamSettingsView | null;
};

const MINUTE_SECONDS = 60;
/** What pages can't be told by a schema: `*` is any text. */
const RULES_PLACEHOLDER = 'nightly-* 1\nv* 1440';

/** How to reach an upstream, beside its host. */
export function UpstreamFields({ state, prefix, current }: UpstreamFieldsProps) {
  return (
    <>
      <Credentials current={current} prefix={prefix} state={state} />
      <Freshness current={current} prefix={prefix} state={state} />
      <Connection current={current} prefix={prefix} state={state} />
    </>
  );
}

/** Use cases name fields by their place in the input, forms by what is written in them. */
export function upstreamError(state: FormState<unknown>, field: string): string | undefined {
  if (state?.ok !== false) return undefined;
  const [, message] =
    Object.entries(state.fieldErrors).find(([key]) =>
      [field, `upstream.${field}`].some((name) => key === name || key.startsWith(`${name}.`)),
    ) ?? [];
  return message;
}

function Credentials({ state, prefix, current }: UpstreamFieldsProps) {
  const isStored = current !== null && current.username !== null;
  return (
    <fieldset className="grid items-start gap-4 sm:grid-cols-2">
      <legend className="sr-only">Credentials</legend>
      <TextField
        autoCapitalize="off"
        autoComplete="off"
        defaultValue={fieldValue(state, `${prefix}username`, current?.username ?? '')}
        error={upstreamError(state, 'username')}
        hint={isStored ? 'Left empty, both are removed.' : 'Only if it asks for one.'}
        label="User name there"
        maxLength={200}
        name={`${prefix}username`}
        spellCheck={false}
      />
      <TextField
        autoComplete="new-password"
        error={upstreamError(state, 'password')}
        hint={isStored ? 'One is stored, and never shown. Left empty, it stays.' : 'Kept encrypted, and never shown.'}
        label="Password or access token there"
        maxLength={4096}
        name={`${prefix}password`}
        type="password"
      />
    </fieldset>
  );
}

function Freshness({ state, prefix, current }: UpstreamFieldsProps) {
  const error = (field: string) => upstreamError(state, field);
  const errors = [error('tagTtlSeconds'), error('tagRules'), error('staleSeconds')];
  const unchanged = current ? '' : ' Left empty, it stays as it is.';
  return (
    <Fold isOpen={errors.some((message) => message !== undefined)} summary="Freshness">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          defaultValue={fieldValue(
            state,
            `${prefix}minutes`,
            current ? show(current.tagTtlSeconds, MINUTE_SECONDS) : '',
          )}
          error={error('tagTtlSeconds')}
          hint={`After that it is asked whether a tag has moved.${unchanged}`}
          inputMode="decimal"
          label="A tag is fresh for, in minutes"
          maxLength={20}
          name={`${prefix}minutes`}
          placeholder={show(DEFAULT_TAG_TTL_SECONDS, MINUTE_SECONDS)}
        />
        <TextField
          defaultValue={fieldValue(state, `${prefix}days`, current ? show(current.staleSeconds, DAY_SECONDS) : '')}
          error={error('staleSeconds')}
          hint={`While it can’t be asked, a copy of at most that age is served.${unchanged}`}
          inputMode="decimal"
          label="Old copies are served for, in days"
          maxLength={20}
          name={`${prefix}days`}
          placeholder={show(DEFAULT_STALE_SECONDS, DAY_SECONDS)}
        />
      </div>
      <TextArea
        autoCapitalize="off"
        className="font-mono"
        defaultValue={fieldValue(state, `${prefix}rules`, current ? writeTagRules(current.tagRules) : '')}
        error={error('tagRules')}
        hint="A line each: a tag, with * for anything, and minutes. The first that matches counts."
        label="Tags with a time of their own"
        name={`${prefix}rules`}
        placeholder={RULES_PLACEHOLDER}
        rows={3}
        spellCheck={false}
      />
    </Fold>
  );
}

function Connection({ state, prefix, current }: UpstreamFieldsProps) {
  const error = upstreamError(state, 'tokenHost');
  const isPlainHttp = fieldValue(state, `${prefix}isPlainHttp`, current?.isPlainHttp ? 'on' : '') === 'on';
  return (
    <Fold isOpen={error !== undefined || isPlainHttp} summary="Connection">
      <label className="flex items-start gap-2.5">
        <input
          className="mt-1.5 accent-accent"
          defaultChecked={isPlainHttp}
          name={`${prefix}isPlainHttp`}
          type="checkbox"
        />
        <span>
          <span className="block font-medium">It speaks plain http</span>
          <span className="text-sm text-muted">
            Whoever is in between reads and changes everything. Only in networks that the operator of this site allows.
          </span>
        </span>
      </label>
      <TextField
        autoCapitalize="off"
        className="font-mono"
        defaultValue={fieldValue(state, `${prefix}tokenHost`, current?.tokenHost ?? '')}
        error={error}
        hint="Only if its token service is on another domain: user name and password are sent there too."
        label="Host of its token service"
        maxLength={300}
        name={`${prefix}tokenHost`}
        spellCheck={false}
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
