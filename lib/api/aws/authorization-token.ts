import { requireAwsAllowed } from './require-aws-allowed.ts';
import { issueLoginPassword, LOGIN_USER_NAME } from '#lib/identity/access-keys/login-password.ts';
import type { AwsApp } from './aws-app.ts';
import type { Call } from './define-operations.ts';

/** Issues what `docker login -u AWS` takes: base64 of `AWS:PASSWORD`, valid for 12 hours, and no longer than its key. */
export async function issueAuthorizationToken(
  app: AwsApp,
  call: Call,
): Promise<{ authorizationToken: string; expiresAt: Date }> {
  requireAwsAllowed(call);
  const { holder, credentialEnd } = call;
  const { accessKeyId, principal } = holder;
  const { password, expiresAt } = await issueLoginPassword(app.authKeys.loginPassword, {
    accessKeyId,
    userId: principal.userId,
    credentialEnd,
  });
  return { authorizationToken: Buffer.from(`${LOGIN_USER_NAME}:${password}`).toString('base64'), expiresAt };
}
