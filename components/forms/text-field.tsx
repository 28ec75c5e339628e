'use client';

import type { InputHTMLAttributes } from 'react';
import { useFieldValue } from './action-state.tsx';
import { FieldFrame, type FieldProps } from './field-frame.tsx';

type TextFieldProps = FieldProps &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'name' | 'defaultValue'> & {
    defaultValue?: string;
    /** A name, address or pattern: set in mono, and left alone by spelling and capitalisation. */
    isCode?: boolean;
  };

export function TextField({
  label,
  name,
  hint,
  error,
  errorKeys,
  defaultValue,
  isCode = false,
  className = '',
  ...input
}: TextFieldProps) {
  const value = useFieldValue(name, defaultValue);
  return (
    <FieldFrame error={error} errorKeys={errorKeys} hint={hint} label={label} name={name}>
      {(control) => (
        <input
          autoCapitalize={isCode ? 'off' : undefined}
          autoComplete={isCode ? 'off' : undefined}
          spellCheck={isCode ? false : undefined}
          {...input}
          {...control}
          className={`control ${isCode ? 'font-mono' : ''} ${className}`}
          defaultValue={value}
        />
      )}
    </FieldFrame>
  );
}
