import { headers } from 'next/headers';
import type { FormFailure } from '#components/forms/form-state.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';
import { toAppError } from '#lib/platform/errors.ts';
import { getApp } from '#lib/app.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import { describeError } from './error-messages.ts';

/** Fields whose values never come back. */
const SECRET_FIELD = /password|secret|^code$|^response$/i;
/** Many times what a passkey takes. */
const MAX_JSON_LENGTH = 50_000;

type ActionResult<Value> = FormFailure | { ok: true; value: Value };

/**
 * Runs the use case of a server action. Returns refusals as form failures, and logs unexpected errors. Refuses while the
 * site is read-only. Call `redirect()` after this, not inside `work`, because it throws.
 */
export async function runAction<Value>(form: FormData, work: () => Promise<Value>): Promise<ActionResult<Value>> {
  return runOpenAction(form, async () => {
    await requireWritable(getApp());
    return work();
  });
}

/** Like `runAction`, also while the site is read-only: signs in, or ends the maintenance. */
export async function runOpenAction<Value>(form: FormData, work: () => Promise<Value>): Promise<ActionResult<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    const error = toAppError(thrown);
    const { code } = error;
    getApp().counts.errors.add('pages', code);
    if (code === 'internal' || code === 'unavailable') {
      const requestId = (await headers()).get('x-request-id');
      getApp().log.error({ err: error, requestId }, 'a server action failed');
    }
    const own = code === 'internal' ? '' : error.message;
    return {
      ok: false,
      code,
      ...describeError(code, own),
      fieldErrors: fieldErrorsOf(error.detail),
      values: valuesOf(form),
    };
  }
}

export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? toStorableText(value) : '';
}

/** Parses a field with JSON, which scripts submit. Returns null for anything else. The use case validates its shape. */
export function jsonOf(form: FormData, name: string): unknown {
  const text = textOf(form, name);
  if (text.length > MAX_JSON_LENGTH) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function textsOf(form: FormData, name: string): string[] {
  return form
    .getAll(name)
    .filter((value) => typeof value === 'string')
    .map(toStorableText);
}

export function fieldErrorsOf(detail: unknown): Record<string, string> {
  if (typeof detail !== 'object' || detail === null || !('fieldErrors' in detail)) return {};
  const entries = Object.entries(detail.fieldErrors ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Next adds fields of its own, which start with `$`. */
function valuesOf(form: FormData): Record<string, string[]> {
  const names = [...new Set(form.keys())].filter((name) => !name.startsWith('$') && !SECRET_FIELD.test(name));
  return Object.fromEntries(names.map((name) => [name, textsOf(form, name)]));
}
