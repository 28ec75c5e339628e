// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
import { principalName } from '#lib/access/resource-names.ts';
import { issueTemporaryCredentials } from '#lib/identity/access-keys/session-token.ts';
import { z } from 'zod';
import { awsError } from '../aws-error.ts';
import { defineOperations, type OperationShapes } from '../define-operations.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { text } from '../values.ts';
import { uniqueUserId } from './unique-id.ts';

const DEFAULT_SESSION_SECONDS = 43_200;

const credentials = z.object({
  AccessKeyId: text(),
  SecretAccessKey: text(),
  SessionToken: text(),
  Expiration: z.date().transform((at) => at.toISOString().replace(/\.\d{3}/, '')),
});

const STS_SHAPES = {
  GetCallerIdentity: {
    input: z.object({}),
    output: z.object({ UserId: text(), Account: text(), Arn: text() }),
    errors: [],
  },
  GetSessionToken: {
    input: z.object({
      DurationSeconds: z.coerce
        .number('must be a number of seconds')
        .int('must be a number of seconds')
        .min(900, 'must have value greater than or equal to 900')
        .max(129_600, 'must have value less than or equal to 129600')
        .default(DEFAULT_SESSION_SECONDS),
      SerialNumber: text().optional(),
      TokenCode: text().optional(),
    }),
    output: z.object({ Credentials: credentials }),
    errors: ['RegionDisabledException'],
  },
} as const satisfies OperationShapes;

export const STS_OPERATIONS = defineOperations('sts', STS_SHAPES, {
  /** Needs no permission. Terraform starts with it. */
  GetCallerIdentity: (_app, { holder }) => {
    const { principal, membership } = holder;
    const { registryId } = membership;
    return Promise.resolve({
      UserId: uniqueUserId(principal.userId),
      Account: registryId,
      Arn: principalName(registryId, principal),
    });
  },

  GetSessionToken: async (app, call, { DurationSeconds, SerialNumber, TokenCode }) => {
    requireAwsAllowed(call);
    const { holder, credentialEnd } = call;
    if (SerialNumber !== undefined || TokenCode !== undefined) {
      throw awsError('AccessDeniedException', "MFA for access keys isn't supported. Omit SerialNumber and TokenCode.");
    }
    const endMs = Math.min(Date.now() + DurationSeconds * 1000, credentialEnd?.getTime() ?? Infinity);
    const issued = await issueTemporaryCredentials(app.masterKeys, {
      sourceKeyId: holder.accessKeyId,
      expiresAt: new Date(endMs),
    });
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = issued;
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiresAt,
      },
    };
  },
});
