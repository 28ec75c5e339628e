import { AppError } from '#lib/platform/errors.ts';

/** Reads `Bearer SECRET`, or Basic with the secret as the password. */
export function readSecret(request: Request): string {
  const [scheme, credential] = (request.headers.get('authorization') ?? '').split(' ');
  if (credential && scheme?.toLowerCase() === 'bearer') return credential;
  if (credential && scheme?.toLowerCase() === 'basic') {
    const pair = Buffer.from(credential, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  throw new AppError(
    'unauthenticated',
    'Send an access token as `Authorization: Bearer vtr_…`. You can create one in the console.',
  );
}
