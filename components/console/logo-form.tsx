'use client';

import { AvatarTile } from '../catalog/avatar-tile.tsx';
import { StepForm } from '../forms/action-form.tsx';
import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FileField } from '../forms/file-field.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SubmitButton } from '../forms/submit-button.tsx';
import { Notice } from '../ui/notice.tsx';

type LogoFormProps = {
  action: FormAction<'set' | 'removed'>;
  logoId: string | null;
  /** The name whose letters stand in for a logo. */
  tileName: string;
};

/** Copied from lib/publishers/schema.ts, which would bring zod into the browser. */
const MAX_BYTES = 512_000;
const MEDIA_TYPES = 'image/png,image/jpeg,image/webp';

export function LogoForm({ action, ...logo }: LogoFormProps) {
  return (
    <ActionState action={action}>
      <Steps {...logo} />
    </ActionState>
  );
}

function Steps({ logoId, tileName }: Omit<LogoFormProps, 'action'>) {
  const state = useFormState<'set' | 'removed'>();
  return (
    <div className="flex max-w-xl flex-col gap-3">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value === 'set' ? 'Logo saved.' : 'Logo removed.'}</Notice>}
      <div className="flex items-start gap-4">
        <AvatarTile logoId={logoId} name={tileName} size="large" />
        <StepForm className="min-w-0 flex-1 gap-3" step="set">
          <FileField
            accept={MEDIA_TYPES}
            hint="PNG, JPEG or WebP, up to 500 KB, 60 to 2048 pixels per side. Square images look best"
            label="Logo"
            maxBytes={MAX_BYTES}
            name="logo"
            required
            tooLargeMessage="The logo is larger than 500 KB. Choose a smaller file."
          />
          <div className="flex flex-wrap gap-2">
            <SubmitButton tone="plain">{logoId === null ? 'Set logo' : 'Replace logo'}</SubmitButton>
          </div>
        </StepForm>
      </div>
      {logoId !== null && (
        <div className="pl-16">
          <StepForm step="remove">
            <div>
              <SubmitButton tone="plain">Remove logo</SubmitButton>
            </div>
          </StepForm>
        </div>
      )}
    </div>
  );
}
