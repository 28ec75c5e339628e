// Mirror routes, which admins use to let a registry answer for a host's names.
import { z } from 'zod';
import { listMirrorRoutes, listFailingUpstreams } from '#lib/upstream/mirrors/admin-queries.ts';
import { removeMirrorRoute, setMirrorRoute } from '#lib/upstream/mirrors/set-mirror-route.ts';
import { defineRoute } from '../define-route.ts';

const tag = 'mirrors';
const hostSchema = z.object({
  host: z.string().max(300).describe('docker.io, or * for aliases that are unknown on this site'),
});

export const MIRROR_ROUTE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/admin/mirror-routes',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List mirror routes',
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
    summary: "Route a host's names to a mirrored registry",
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
    summary: 'Remove a mirror route',
    params: hostSchema,
    handle: (app, { caller, params }) => removeMirrorRoute(app, { caller, ...params }),
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/upstreams',
    tag,
    access: 'admin',
    reach: { to: 'site' },
    summary: 'List failing upstreams of all registries',
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
    handle: async (app) => ({ upstreams: await listFailingUpstreams(app) }),
  }),
];
