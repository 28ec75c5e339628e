// What the site's admins decide about mirrors: which registry answers for a host's names.
import { z } from 'zod';
import { listMirrorRoutes, listTroubledUpstreams } from '#lib/upstream/mirrors/admin-queries.ts';
import { removeMirrorRoute, setMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { defineRoute } from '../define-route.ts';

const tag = 'mirrors';
const hostSchema = z.object({
  host: z.string().max(300).describe('docker.io, or * for aliases that are unknown here'),
});

export const MIRROR_ROUTE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/admin/mirror-routes',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Which registry answers for a host's names",
    output: z.object({
      routes: z.array(z.object({ host: z.string(), alias: z.string(), upstreamHost: z.string() })),
    }),
    handle: async (app) => ({ routes: await listMirrorRoutes(app) }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/admin/mirror-routes/{host}',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: "Has a mirrored registry answer for a host's names",
    params: hostSchema,
    body: z.object({ alias: z.string() }),
    handle: (app, { caller, params, body }) => setMirrorRoute(app, { caller, ...params, ...body }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/admin/mirror-routes/{host}',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Ends that',
    params: hostSchema,
    handle: (app, { caller, params }) => removeMirrorRoute(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/upstreams',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'Upstreams of all registries that do not answer',
    output: z.object({
      upstreams: z.array(
        z.object({
          host: z.string(),
          alias: z.string(),
          problem: z.string(),
          problemAt: z.date(),
          answeredAt: z.date().nullable(),
        }),
      ),
    }),
    handle: async (app) => ({ upstreams: await listTroubledUpstreams(app) }),
  }),
];
