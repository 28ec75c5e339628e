// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
import type { z } from 'zod';
import { parseRoleName, principalName } from '#lib/access/resource-names.ts';
import type { RequestContext } from '#lib/access/schema.ts';
import { checkSessionPolicy } from '#lib/access/trust/session-policy.ts';
import { issueTemporaryCredentials, type TemporaryCredentials } from '#lib/identity/access-keys/session-token.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { assumeRole, type OpenedSession } from '#lib/publishers/roles/assume-role.ts';
import { assumeRoleByWebIdentity } from '#lib/publishers/roles/assume-role-by-web-identity.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import { defineOperations } from '../define-operations.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { STS_SHAPES, WEB_IDENTITY_SHAPE, type RequestedRole } from './sts-shapes.ts';
import { uniqueRoleId, uniqueUserId } from './unique-id.ts';

export const STS_OPERATIONS = defineOperations('sts', STS_SHAPES, {
  /** Needs no permission. Terraform starts with it. */
  GetCallerIdentity: (_app, { holder }) => {
    const { principal, membership } = holder;
    const { registryId } = membership;
    const { userId, roleSession } = principal;
    return Promise.resolve({
      UserId: roleSession ? `${uniqueRoleId(userId)}:${roleSession.sessionName}` : uniqueUserId(userId),
      Account: registryId,
      Arn: principalName(registryId, principal),
    });
  },

  GetSessionToken: async (app, call, { DurationSeconds, SerialNumber, TokenCode }) => {
    requireAwsAllowed(call);
    const { holder, credentialEnd } = call;
    if (holder.principal.roleSession) {
      throw awsError('AccessDeniedException', 'Cannot call GetSessionToken with session credentials');
    }
    if (SerialNumber !== undefined || TokenCode !== undefined) throw noMfa();
    const endMs = Math.min(Date.now() + DurationSeconds * 1000, credentialEnd?.getTime() ?? Infinity);
    const issued = await issueTemporaryCredentials(app.masterKeys, {
      sourceKeyId: holder.accessKeyId,
      expiresAt: new Date(endMs),
    });
    return { Credentials: toCredentials(issued) };
  },

  AssumeRole: async (app, { caller, holder }, { SerialNumber, TokenCode, ...input }) => {
    if (SerialNumber !== undefined || TokenCode !== undefined) throw noMfa();
    const asked = { ...readRequestedRole(input), externalId: input.ExternalId };
    const session = await assumeRole(app, { caller, membership: holder.membership, ...asked }).catch(toStsError);
    return toAssumedRole(session);
  },
});

/** What anybody may ask for without a signature, because a token proves who they are. */
export async function answerWebIdentity(app: AwsApp, context: RequestContext, input: WebIdentityInput) {
  if (input.ProviderId !== undefined) {
    throw invalidParameter('providerId', 'must be null, because only tokens of OpenID Connect are accepted');
  }
  // The SDKs send the file as it is, and many end with a line break.
  const asked = { ...readRequestedRole(input), context, token: input.WebIdentityToken.trim() };
  const session = await assumeRoleByWebIdentity(app, asked).catch(toStsError);
  const { subject, audience, issuer } = session.identity;
  const from = { SubjectFromWebIdentityToken: subject, Audience: audience, Provider: issuer };
  return WEB_IDENTITY_SHAPE.output.parse({ ...toAssumedRole(session), ...from });
}

type WebIdentityInput = z.output<typeof WEB_IDENTITY_SHAPE.input>;

function readRequestedRole({ RoleArn, RoleSessionName, DurationSeconds, Policy, ...rest }: RequestedRole) {
  const unsupported = Object.keys(rest).find((name) =>
    /^(?:PolicyArns|Tags|TransitiveTagKeys|SourceIdentity)/.test(name),
  );
  if (unsupported !== undefined)
    throw invalidParameter(unsupported, 'must be null, because this site does not take it yet');
  const named = parseRoleName(RoleArn);
  if (!named) throw invalidParameter('roleArn', `${RoleArn} is invalid`);
  if (Policy !== undefined) requireSessionPolicy(Policy);
  return {
    registryId: named.registryId,
    roleName: named.role,
    sessionName: RoleSessionName,
    durationSeconds: DurationSeconds,
    policy: Policy,
  };
}

function requireSessionPolicy(text: string): void {
  try {
    checkSessionPolicy(text);
  } catch (error) {
    throw awsError('MalformedPolicyDocument', isAppError(error) ? error.message : 'The policy is not JSON.');
  }
}

function toAssumedRole(session: OpenedSession) {
  const { role, sessionName } = session;
  const { registryId, name } = role;
  const principal = { userId: role.userId, roleSession: { registryId, role: name, sessionName } };
  return {
    Credentials: toCredentials(session),
    AssumedRoleUser: {
      AssumedRoleId: `${uniqueRoleId(role.userId)}:${sessionName}`,
      Arn: principalName(registryId, principal),
    },
  };
}

function toCredentials({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: TemporaryCredentials) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiresAt,
  };
}

function noMfa() {
  return awsError('AccessDeniedException', "MFA for access keys isn't supported. Omit SerialNumber and TokenCode.");
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors */
const TOKEN_ERRORS: Readonly<Record<string, string>> = {
  invalid: 'InvalidIdentityToken',
  expired: 'ExpiredWebIdentityToken',
  unreachable: 'IDPCommunicationError',
};

function toStsError(error: unknown): never {
  if (!isAppError(error)) throw error;
  const { detail, message } = error;
  if (typeof detail === 'object' && detail !== null && 'refusedToken' in detail) {
    throw awsError(TOKEN_ERRORS[String(detail.refusedToken)] ?? 'InvalidIdentityToken', message);
  }
  if (error.code === 'forbidden') throw awsError('AccessDeniedException', message);
  throw error;
}
