import { AppError } from '#lib/platform/errors.ts';

/** @param how the way to save the policy nevertheless */
export function lockOut(how: string): AppError {
  const message = `This policy would prevent you from changing it again. ${how}`;
  return new AppError('invalid_input', message, { detail: { fieldErrors: { policy: message }, isLockOut: true } });
}
