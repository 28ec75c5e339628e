// Builds the OpenAPI document of /api/v1 from the route definitions.
import { z } from 'zod';
import type { RestRoute } from './define-route.ts';

type Json = Record<string, unknown>;

const PROBLEM = {
  description: 'Problem details (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'Human-readable explanation' },
    requestId: { type: ['string', 'null'] },
    errors: { type: 'object', additionalProperties: { type: 'string' }, description: 'Error message per field' },
  },
};

/** OpenAPI 3.1. */
export function buildOpenApi(routes: readonly RestRoute[], serverUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = describeOperation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vitrine',
      version: '1',
      description: 'The REST API of a Vitrine gallery.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${serverUrl}/api/v1` }],
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', description: 'An access token: vtr_…' } },
    },
  };
}

function describeOperation(route: RestRoute): Json {
  const status = String(route.output ? (route.status ?? 200) : 204);
  const content = route.output && { 'application/json': { schema: toJsonSchema(route.output, 'output') } };
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^a-zA-Z]+(.)?/g, (_, next: string = '') => next.toUpperCase())}`,
    summary: route.summary,
    ...describeScopes(route),
    tags: [route.tag],
    security: securityOf(route),
    parameters: [...describeParameters(route.params, 'path'), ...describeParameters(route.query, 'query')],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(route.body, 'input') } } },
    }),
    ...(route.rawBody && {
      requestBody: {
        required: true,
        content: Object.fromEntries(route.rawBody.mediaTypes.map((mediaType) => [mediaType, {}])),
      },
    }),
    responses: { [status]: { description: 'Done', ...(content && { content }) }, default: PROBLEM },
  };
}

/** As prose, because OpenAPI knows scopes only for OAuth. */
function describeScopes({ access, method, reach }: RestRoute): Json {
  if (access === 'token' || reach.to === 'none') return {};
  const api = method === 'GET' ? 'api:read' : 'api:write';
  const shown = access === 'anyone' ? 'To see private data, the token needs' : 'The token needs';
  if (reach.to === 'account' || reach.to === 'body') return { description: `${shown} ${api}.` };
  const [names, actions] =
    reach.to === 'site' ? ['*', 'pull,push,delete'] : [SCOPE_NAMES[reach.to], reach.actions.join(',')];
  const scope = `repository:${names}:${actions}`;
  const isStrict = REPOSITORY_REACHES.has(reach.to);
  return {
    description: `${shown} ${api}${isStrict ? ` and ${scope}.` : `; if it names repositories, also ${scope}.`}`,
  };
}

const SCOPE_NAMES = {
  repository: 'ALIAS/NAME',
  mirror: 'ALIAS/NAME',
  deletion: 'ALIAS/NAME',
  repositories: 'ALIAS/*',
  registry: 'ALIAS/*',
  alias: 'ALIAS/*',
  'alias-request': 'ALIAS/*',
} as const;
const REPOSITORY_REACHES = new Set<string>(['repository', 'mirror', 'deletion', 'repositories']);

/** An optional token where it reveals more than anonymous access. */
function securityOf({ access, isCacheable }: RestRoute): Json[] {
  if (access !== 'anyone') return [{ accessToken: [] }];
  return isCacheable ? [{}, { accessToken: [] }] : [];
}

function describeParameters(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toJsonSchema(schema, 'input') as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, parameter]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: parameter,
  }));
}

/** Dates are ISO 8601 strings. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  });
  return json;
}
