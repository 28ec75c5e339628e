import { TextField } from '../forms/text-field.tsx';

export function TotpField({ hint }: { hint: string }) {
  return (
    <TextField
      autoComplete="one-time-code"
      className="max-w-40 tracking-widest"
      hint={hint}
      inputMode="numeric"
      isCode
      label="Code"
      maxLength={10}
      name="code"
      required
    />
  );
}
