'use client';

import type { ReactNode } from 'react';
import { StepForm } from '../../forms/action-form.tsx';
import { ActionState, useFormState } from '../../forms/action-state.tsx';
import { FormFailureNotice } from '../../forms/form-notice.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { SubmitButton } from '../../forms/submit-button.tsx';
import { countOf } from '../../ui/format-number.ts';
import { DeletionConfirmation } from './deletion-confirmation.tsx';
import { SelectAll } from './select-all.tsx';

/** Copied from lib/images/image-deletion, which would bring zod into the browser. */
export type ChosenImages = { digest: string; tags: string[] }[];

type ImageDeletionProps = {
  /** Lists what would be deleted. */
  choose: FormAction<ChosenImages>;
  remove: FormAction;
  restoreDays: number;
  /** The table with a checkbox per image. */
  children: ReactNode;
};

/** Deletes selected images, after a confirmation that lists them. Works without JavaScript. */
export function ImageDeletion({ choose, ...steps }: ImageDeletionProps) {
  return (
    <ActionState action={choose}>
      <Steps {...steps} />
    </ActionState>
  );
}

function Steps({ remove, restoreDays, children }: Omit<ImageDeletionProps, 'choose'>) {
  const state = useFormState<ChosenImages>();
  return (
    <div className="flex flex-col gap-6">
      <FormFailureNotice state={state} />
      {state?.ok && <Confirmation images={state.value} remove={remove} restoreDays={restoreDays} />}
      <StepForm className="gap-3">
        {children}
        <div className="flex flex-wrap gap-2">
          <SubmitButton tone="plain">Delete selected images …</SubmitButton>
          <SelectAll name="image" />
        </div>
      </StepForm>
    </div>
  );
}

type ConfirmationProps = Pick<ImageDeletionProps, 'remove' | 'restoreDays'> & { images: ChosenImages };

function Confirmation({ images, remove, restoreDays }: ConfirmationProps) {
  if (images.length === 0) {
    return (
      <p className="rounded-md border border-line bg-surface px-3 py-2" role="status">
        These images are already deleted.
      </p>
    );
  }
  const tagCount = images.reduce((sum, { tags }) => sum + tags.length, 0);
  return (
    <DeletionConfirmation
      field={{ name: 'images', value: JSON.stringify(images) }}
      items={images.map(({ digest, tags }) => ({ key: digest, text: [digest, ...tags].join(' ') }))}
      key={images.map(({ digest }) => digest).join(' ')}
      label="Images to delete"
      listLabel="Chosen images"
      remove={remove}
      what={countOf(images.length, 'image')}
    >
      {tagCount > 0 && `${countOf(tagCount, 'tag')} ${tagCount === 1 ? 'is' : 'are'} deleted with them. `}
      Pulls by digest fail at once.{' '}
      {restoreDays > 0 && `You can restore the images for ${countOf(restoreDays, 'day')}. `}
      An image stays if an index lists it, or if its tags change before you confirm.
    </DeletionConfirmation>
  );
}
