// Robots as forms and the API take them. Browser-safe.
import { z } from 'zod';
import { isRobotName, MAX_ROBOT_NAME_LENGTH, type RegistryRole } from '#lib/access/schema.ts';
import { oneLine } from '#lib/platform/one-line.ts';

/** Only people own a registry. */
export const ROBOT_ROLES = ['maintainer', 'pusher', 'reader', 'none'] as const satisfies readonly RegistryRole[];
export type RobotRole = (typeof ROBOT_ROLES)[number];

/** For each registry. */
export const MAX_ROBOTS = 100;
export const MAX_ROBOT_DESCRIPTION_LENGTH = 200;

const roleSchema = z.enum(ROBOT_ROLES, { error: `Choose one of ${ROBOT_ROLES.join(', ')}.` });
const descriptionSchema = oneLine(MAX_ROBOT_DESCRIPTION_LENGTH);

/** Of a robot or role. */
export const robotNameSchema = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(MAX_ROBOT_NAME_LENGTH, `Use at most ${MAX_ROBOT_NAME_LENGTH} characters.`)
  .refine(isRobotName, 'Use lowercase letters and digits, with single dots, hyphens or underscores between them.');

export const newRobotSchema = z.object({
  name: robotNameSchema,
  role: roleSchema,
  description: descriptionSchema,
});

/** Omitted fields keep their values. */
export const robotChangeSchema = z.object({
  role: roleSchema.optional(),
  description: descriptionSchema.optional(),
  isEnabled: z.boolean().optional(),
});
