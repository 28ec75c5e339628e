// Roles as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { oneLine } from '#lib/platform/one-line.ts';
import { MAX_ROBOT_DESCRIPTION_LENGTH, ROBOT_ROLES, robotNameSchema } from '#lib/publishers/robots/schema.ts';

/** For each registry. */
export const MAX_ROLES = 100;
/** As for roles of IAM. */
export const MIN_SESSION_SECONDS = 900;
export const MAX_SESSION_SECONDS = 43_200;
export const DEFAULT_SESSION_SECONDS = 3_600;
/** What a role's session may do is that of a member with one of these. */
export const ROLE_PERMISSIONS = ROBOT_ROLES;
export type RolePermission = (typeof ROLE_PERMISSIONS)[number];

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** Whether STS takes it as the name of a session. */
export function isSessionName(text: string): boolean {
  return SESSION_NAME.test(text);
}

const settings = {
  permission: z.enum(ROLE_PERMISSIONS, { error: `Choose one of ${ROLE_PERMISSIONS.join(', ')}.` }),
  description: oneLine(MAX_ROBOT_DESCRIPTION_LENGTH),
  maxSessionSeconds: z
    .number('Enter a number of seconds.')
    .int('Enter a whole number of seconds.')
    .min(MIN_SESSION_SECONDS, `A session lasts at least ${MIN_SESSION_SECONDS} seconds.`)
    .max(MAX_SESSION_SECONDS, `A session lasts at most ${MAX_SESSION_SECONDS} seconds.`),
  trustPolicy: z.string().trim().min(1, 'Enter a trust policy.'),
  acceptsTokenLogin: z.boolean(),
};

export const newRoleSchema = z.object({
  name: robotNameSchema,
  ...settings,
  acceptsTokenLogin: settings.acceptsTokenLogin.default(false),
});

/** Omitted fields keep their values. */
export const roleChangeSchema = z.object(settings).partial().extend({ isEnabled: z.boolean().optional() });
