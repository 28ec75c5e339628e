// Requests and answers of STS. Lists are flattened in the query protocol: `Tags.member.1.Key`.
import { z } from 'zod';
import {
  DEFAULT_SESSION_SECONDS,
  isSessionName,
  MAX_SESSION_SECONDS,
  MIN_SESSION_SECONDS,
} from '#lib/publishers/roles/schema.ts';
import { MAX_SESSION_POLICY_LENGTH } from '#lib/access/trust/session-policy.ts';
import { MAX_WEB_IDENTITY_TOKEN_LENGTH } from '#lib/identity/federation/schema.ts';
import type { OperationShapes } from '../define-operations.ts';
import { text } from '../values.ts';

const USER_SESSION_SECONDS = 43_200;
const MAX_USER_SESSION_SECONDS = 129_600;

function seconds(min: number, max: number, byDefault: number) {
  return z.coerce
    .number('must be a number of seconds')
    .int('must be a number of seconds')
    .min(min, `must have value greater than or equal to ${min}`)
    .max(max, `must have value less than or equal to ${max}`)
    .default(byDefault);
}

const credentials = z.object({
  AccessKeyId: text(),
  SecretAccessKey: text(),
  SessionToken: text(),
  Expiration: z.date().transform((at) => at.toISOString().replace(/\.\d{3}/, '')),
});
const assumedRole = z.object({
  Credentials: credentials,
  AssumedRoleUser: z.object({ AssumedRoleId: text(), Arn: text() }),
});

/** Loose, so that what isn't supported is refused instead of ignored. */
const requestedRole = z.looseObject({
  RoleArn: text({ min: 20, max: 2048 }),
  RoleSessionName: text().refine(isSessionName, 'must satisfy regular expression pattern: [\\w+=,.@-]{2,64}'),
  DurationSeconds: seconds(MIN_SESSION_SECONDS, MAX_SESSION_SECONDS, DEFAULT_SESSION_SECONDS),
  Policy: text({ min: 1, max: MAX_SESSION_POLICY_LENGTH }).optional(),
});
export type RequestedRole = z.output<typeof requestedRole>;

export const STS_SHAPES = {
  GetCallerIdentity: {
    input: z.object({}),
    output: z.object({ UserId: text(), Account: text(), Arn: text() }),
    errors: [],
  },
  GetSessionToken: {
    input: z.object({
      DurationSeconds: seconds(MIN_SESSION_SECONDS, MAX_USER_SESSION_SECONDS, USER_SESSION_SECONDS),
      SerialNumber: text().optional(),
      TokenCode: text().optional(),
    }),
    output: z.object({ Credentials: credentials }),
    errors: ['RegionDisabledException'],
  },
  AssumeRole: {
    input: requestedRole.extend({
      ExternalId: text({ min: 2, max: 1224 }).optional(),
      SerialNumber: text().optional(),
      TokenCode: text().optional(),
    }),
    output: assumedRole,
    errors: ['MalformedPolicyDocument', 'RegionDisabledException'],
  },
} as const satisfies OperationShapes;

export const WEB_IDENTITY_SHAPE = {
  input: requestedRole.extend({
    WebIdentityToken: text({ min: 4, max: MAX_WEB_IDENTITY_TOKEN_LENGTH }),
    ProviderId: text().optional(),
  }),
  output: assumedRole.extend({ SubjectFromWebIdentityToken: text(), Audience: text(), Provider: text() }),
  errors: [
    'IDPCommunicationError',
    'InvalidIdentityToken',
    'ExpiredWebIdentityToken',
    'MalformedPolicyDocument',
    'RegionDisabledException',
  ],
};
