// The Model Context Protocol over Streamable HTTP, stateless: one POST, one JSON answer.
// https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { ANONYMOUS } from '#lib/access/schema.ts';
import { authenticateAccessToken } from '#lib/identity/credentials/authenticate-access-token.ts';
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import { AppError, toAppError } from '#lib/platform/errors.ts';
import { readBodyBytes } from '../read-body-bytes.ts';
import { readSecret } from '../read-secret.ts';
import type { RestApp } from '../rest/define-route.ts';
import { problemResponse } from '../rest/problem.ts';
import { recordRestRefusal } from '../rest/record-refusal.ts';
import { requireStorable } from '../rest/require-storable.ts';
import { createAskApi } from './ask-api.ts';
import { createMcpServer } from './create-mcp-server.ts';
import type { McpLinks } from './define-tool.ts';
import { isTrustedOrigin } from './is-trusted-origin.ts';

const MAX_BODY_BYTES = 32 * 1024;
const MAX_BODY_VALUES = 1_000;

/** Handles any request of the MCP endpoint. Never rejects. */
export async function handleMcpRequest(app: RestApp, request: Request, links: McpLinks): Promise<Response> {
  const requestId = request.headers.get('x-request-id');
  try {
    if (!isTrustedOrigin(request.headers.get('origin'), app.config)) {
      throw new AppError('forbidden', 'Pages of other sites may not use this endpoint.');
    }
    if (request.method !== 'POST') throw new AppError('unsupported', 'Only POST is supported here.');
    // The API authenticates each call. This tells the client about a bad token before it calls anything.
    if (request.headers.has('authorization')) await authenticateAccessToken(app, readSecret(request));
    return await exchange(app, request, await readMessage(request), links);
  } catch (thrown) {
    const error = toAppError(thrown);
    const context = { address: null, requestId, userAgent: null, site: app.config.site };
    recordRestRefusal(app, request, { principal: ANONYMOUS, context }, error);
    if (error.code === 'internal' || error.code === 'unavailable') {
      app.log.error({ err: thrown, requestId }, 'MCP request failed');
    }
    return problemResponse(error, requestId);
  }
}

async function exchange(app: RestApp, request: Request, message: unknown, links: McpLinks): Promise<Response> {
  const context = { ask: createAskApi(app, request), links };
  const server = createMcpServer({ settings: await app.siteSettings.read(), context, log: app.log });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  try {
    await server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody: message });
    // The server ends with this request, so read what it writes first.
    const body = await response.arrayBuffer();
    const headers = new Headers(response.headers);
    headers.set('Cache-Control', 'no-store');
    return new Response(body.byteLength > 0 ? body : null, { status: response.status, headers });
  } finally {
    await server.close();
  }
}

async function readMessage(request: Request): Promise<unknown> {
  const bytes = await readBodyBytes(request, MAX_BODY_BYTES);
  if (hasMoreValues(bytes, MAX_BODY_VALUES)) {
    throw new AppError('invalid_input', `The request body is limited to ${MAX_BODY_VALUES} values.`);
  }
  const message = parseJson(bytes);
  // Current versions of the protocol have no batches, and each of its calls would cost as much as a request.
  if (Array.isArray(message)) throw new AppError('invalid_input', 'Send one message in each request.');
  return requireStorable(message);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('invalid_input', "The request body isn't valid JSON.", { cause });
  }
}
