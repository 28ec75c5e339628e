// Every route of /api/v1, by subject.
import { z } from 'zod';
import { defineRoute, type Route } from './define-route.ts';
import { buildOpenApi } from './openapi.ts';
import { ALIAS_ROUTES } from './routes/aliases.ts';
import { ME_ROUTES } from './routes/me.ts';
import { REVIEW_ROUTES } from './routes/review.ts';

const SUBJECTS: Route[] = [...ME_ROUTES, ...ALIAS_ROUTES, ...REVIEW_ROUTES];

const OPENAPI_ROUTE = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This API as an OpenAPI document',
  tag: 'meta',
  access: 'anyone',
  output: z.record(z.string(), z.unknown()),
  handle: (app) => Promise.resolve(buildOpenApi(ROUTES, app.config.publicUrl)),
});

export const ROUTES: readonly Route[] = [...SUBJECTS, OPENAPI_ROUTE];
