import { z } from 'zod';
import { AppError, type ErrorCode } from '#lib/platform/errors.ts';
import type { RestApp } from '../rest/define-route.ts';
import { handleRestRequest } from '../rest/handle-rest-request.ts';

type ApiQuery = Record<string, string | number | undefined>;

/**
 * Reads a route of /api/v1 with the caller's own credential.
 * @throws AppError with the sentence of the API's problem document
 */
export type AskApi = <Schema extends z.ZodType>(
  path: string,
  query: ApiQuery,
  schema: Schema,
) => Promise<z.output<Schema>>;

/** Headers that identify the caller. */
const CALLER_HEADERS = ['authorization', 'user-agent', 'x-client-address', 'x-listener', 'x-request-id'];

const problemSchema = z.object({ type: z.string(), detail: z.string() });
const CODE_PREFIX = 'urn:vitrine:error:';

/** Calls the REST API in process, so that tools get its rights, rate limits and audit records. */
export function createAskApi(app: RestApp, request: Request): AskApi {
  const headers = new Headers();
  for (const name of CALLER_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return async (path, query, schema) => {
    const url = new URL(`/api/v1${path}`, app.config.publicUrl);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await handleRestRequest(app, new Request(url, { headers }));
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(body);
    const { type, detail } = problemSchema.parse(body);
    throw new AppError(type.slice(CODE_PREFIX.length) as ErrorCode, detail);
  };
}
