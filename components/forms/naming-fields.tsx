'use client';

import { MAX_ROBOT_NAME_LENGTH } from '#lib/access/schema.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH } from '#lib/publishers/robots/schema.ts';
import { TextField } from './text-field.tsx';

/** The name of a new robot, role or team. */
export function NewNameField() {
  return (
    <TextField
      hint="Lowercase letters, digits, dots, hyphens and underscores. It can’t be changed"
      isCode
      label="Name"
      maxLength={MAX_ROBOT_NAME_LENGTH}
      name="name"
      required
    />
  );
}

export function DescriptionField({ description = '', hint = 'Optional' }: { description?: string; hint?: string }) {
  return (
    <TextField
      defaultValue={description}
      hint={hint}
      label="Description"
      maxLength={MAX_ROBOT_DESCRIPTION_LENGTH}
      name="description"
    />
  );
}
