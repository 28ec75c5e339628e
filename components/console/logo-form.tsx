'use client';

import { useActionState } from 'react';
import { AvatarTile } from '../catalog/avatar-tile.tsx';
import { describedBy, fieldId, FieldFrame } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type LogoFormProps = {
  action: FormAction<'set' | 'removed'>;
  logoId: string | null;
  /** Whose letters stand there without one. */
  tileName: string;
};

/** lib/repositories/schema.ts; that module would bring zod into the browser. */
const MAX_BYTES = 512_000;
const MEDIA_TYPES = 'image/png,image/jpeg,image/webp';
const HINT = 'PNG, JPEG or WebP, at most 500 KB, each side 60 to 2048 pixels. Square looks best.';

export function LogoForm({ action, logoId, tileName }: LogoFormProps) {
  const [state, send] = useActionState(action, null);
  const error = fieldError(state, 'logo');
  return (
    <div className="flex max-w-xl flex-col gap-3">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value === 'set' ? 'The logo is set.' : 'The logo is gone.'}</Notice>}
      <div className="flex items-start gap-4">
        <AvatarTile logoId={logoId} name={tileName} size="large" />
        <form action={send} className="flex min-w-0 flex-1 flex-col gap-3">
          <FieldFrame error={error} hint={HINT} label="Logo" name="logo">
            <input
              accept={MEDIA_TYPES}
              aria-describedby={describedBy('logo', HINT, error)}
              aria-invalid={error ? true : undefined}
              className="control"
              id={fieldId('logo')}
              name="logo"
              onChange={(event) => checkSize(event.currentTarget)}
              required
              type="file"
            />
          </FieldFrame>
          <div className="flex flex-wrap gap-2">
            <SubmitButton tone="plain">{logoId === null ? 'Set the logo' : 'Replace the logo'}</SubmitButton>
          </div>
        </form>
      </div>
      {logoId !== null && (
        <form action={send} className="pl-16">
          <input name="step" type="hidden" value="remove" />
          <SubmitButton tone="plain">Remove the logo</SubmitButton>
        </form>
      )}
    </div>
  );
}

/** Said before it travels: a server action takes no body of more than 1 MB. */
function checkSize(input: HTMLInputElement) {
  const isTooLarge = (input.files?.[0]?.size ?? 0) > MAX_BYTES;
  input.setCustomValidity(isTooLarge ? 'A logo has at most 500 KB.' : '');
}
