'use client';

import type { TextareaHTMLAttributes } from 'react';
import { useFieldValue } from './action-state.tsx';
import { FieldFrame, type FieldProps } from './field-frame.tsx';

type TextAreaFieldProps = FieldProps &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'name' | 'defaultValue'> & { defaultValue?: string };

export function TextAreaField({
  label,
  name,
  hint,
  error,
  errorKeys,
  defaultValue,
  className = '',
  ...area
}: TextAreaFieldProps) {
  const value = useFieldValue(name, defaultValue);
  return (
    <FieldFrame error={error} errorKeys={errorKeys} hint={hint} label={label} name={name}>
      {(control) => <textarea {...area} {...control} className={`control ${className}`} defaultValue={value} />}
    </FieldFrame>
  );
}
