import { readAmount, readTagRules } from '#components/mirrors/tag-rules-text.ts';
import { DAY_SECONDS, DEFAULT_STALE_SECONDS, DEFAULT_TAG_TTL_SECONDS } from '#lib/upstream/schema.ts';
import type { UpstreamSettingsInput } from '#lib/upstream/schema.ts';
import { textOf } from '../../_lib/actions/run-action.ts';

type Options = {
  /** Whether the form showed stored settings, so that empty fields clear them. Otherwise empty fields keep them. */
  isEdit: boolean;
};

/** Reads the host and the fields of UpstreamFields. */
export function readSettings(form: FormData, { isEdit }: Options): UpstreamSettingsInput {
  const text = (name: string) => textOf(form, name).trim();
  const seconds = (name: string, unitSeconds: number, fallback: number) => {
    if (text(name) === '') return isEdit ? fallback : undefined;
    return readAmount(text(name), unitSeconds);
  };
  const emptied = isEdit ? null : undefined;
  return {
    host: text('host'),
    isPlainHttp: form.has('isPlainHttp') || (isEdit ? false : undefined),
    tokenHost: text('tokenHost') || emptied,
    username: text('username') || emptied,
    password: textOf(form, 'password') || undefined,
    tagTtlSeconds: seconds('minutes', 60, DEFAULT_TAG_TTL_SECONDS),
    tagRules: text('rules') === '' && !isEdit ? undefined : readTagRules(text('rules')),
    staleSeconds: seconds('days', DAY_SECONDS, DEFAULT_STALE_SECONDS),
  };
}
