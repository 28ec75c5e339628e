'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import type { ImportPreview } from '#components/admin/import-form.tsx';
import { RESERVED_NAMES, withQuery } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { importReservedNames } from '#lib/aliases/reserved/import-reserved-names.ts';
import { addReservedName, removeReservedName, type ReservedNameInput } from '#lib/aliases/reserved/reserved-names.ts';
import { getApp } from '#lib/app.ts';
import { AppError } from '#lib/platform/errors.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

export async function addName(_state: FormState<string>, form: FormData): Promise<FormState<string>> {
  const caller = await requireAdmin();
  const entry = {
    name: textOf(form, 'name'),
    kind: textOf(form, 'kind') as ReservedNameInput['kind'],
    match: textOf(form, 'match') as ReservedNameInput['match'],
    reason: textOf(form, 'reason'),
    source: textOf(form, 'source') || caller.principal.displayName,
  };
  const result = await runAction(form, () => addReservedName(getApp(), { caller, ...entry }));
  if (!result.ok) return result;
  revalidatePath(RESERVED_NAMES);
  return { ok: true, value: entry.name };
}

export async function removeName(form: FormData): Promise<void> {
  const caller = await requireAdmin();
  // Refused only if someone else was quicker. The name is gone either way.
  await runAction(form, () => removeReservedName(getApp(), { caller, id: textOf(form, 'id') }));
  revalidatePath(RESERVED_NAMES);
  const filters = { q: textOf(form, 'q'), kind: textOf(form, 'kind') };
  redirect(withQuery(RESERVED_NAMES, { ...filters, done: 'removed', about: textOf(form, 'name') }));
}

/** Server actions accept 1 MB, and the form's state contains the previous file too. */
const MAX_CSV_BYTES = 400_000;

/** Runs dry first. The second call applies what was shown. */
export async function importNames(state: FormState<ImportPreview>, form: FormData): Promise<FormState<ImportPreview>> {
  const caller = await requireAdmin();
  const isConfirmed = textOf(form, 'step') === 'confirm' && state?.ok === true;
  const result = await runAction(form, async () => {
    const csv = isConfirmed ? String(state.value.csv) : await readCsv(form);
    if (Buffer.byteLength(csv) > MAX_CSV_BYTES)
      throw new AppError('too_large', 'The file is larger than 400 kB. Split it into parts.');
    const report = await importReservedNames(getApp(), { caller, csv, isDryRun: !isConfirmed });
    const isDone = isConfirmed && report.problems.length === 0;
    return { csv: isDone ? '' : csv, isDone, report };
  });
  if (result.ok && result.value.isDone) revalidatePath(RESERVED_NAMES);
  if (result.ok) return result;
  const text = textOf(form, 'text');
  return { ...result, values: Buffer.byteLength(text) > MAX_CSV_BYTES ? {} : { text: [text] } };
}

async function readCsv(form: FormData): Promise<string> {
  const file = form.get('file');
  if (file instanceof File && file.size > 0) return file.text();
  const text = textOf(form, 'text');
  if (text.trim() === '') throw new AppError('invalid_input', 'Choose a file or paste its lines.');
  return text;
}
