'use client';

import { FieldFrame, type FieldProps } from './field-frame.tsx';

type FileFieldProps = FieldProps & {
  accept: string;
  /** Checked before the upload, because a server action takes no body of more than 1 MB. */
  maxBytes: number;
  tooLargeMessage: string;
  required?: boolean;
};

export function FileField({ accept, maxBytes, tooLargeMessage, required, ...field }: FileFieldProps) {
  return (
    <FieldFrame {...field}>
      {(control) => (
        <input
          {...control}
          accept={accept}
          className="control"
          onChange={({ currentTarget }) => {
            const isTooLarge = (currentTarget.files?.[0]?.size ?? 0) > maxBytes;
            currentTarget.setCustomValidity(isTooLarge ? tooLargeMessage : '');
          }}
          required={required}
          type="file"
        />
      )}
    </FieldFrame>
  );
}
