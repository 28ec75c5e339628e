import type { FormState } from '#components/forms/form-state.ts';
import { runAction, textOf } from './run-action.ts';

export type LogoState = FormState<'set' | 'removed'>;

/** Sets or removes a logo for both logo forms. */
export async function runLogoAction(
  form: FormData,
  set: (image: Buffer | null) => Promise<unknown>,
): Promise<LogoState> {
  const isRemoved = textOf(form, 'step') === 'remove';
  const result = await runAction(form, async () => set(isRemoved ? null : await readLogo(form)));
  return result.ok ? { ok: true, value: isRemoved ? 'removed' : 'set' } : result;
}

async function readLogo(form: FormData): Promise<Buffer> {
  const file = form.get('logo');
  return file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
}
