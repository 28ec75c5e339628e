import { z } from 'zod';

/** What is wrong or doubtful in a policy. */
export const findingSchema = z.object({
  severity: z.enum(['error', 'warning']),
  line: z.number(),
  column: z.number(),
  message: z.string(),
});
