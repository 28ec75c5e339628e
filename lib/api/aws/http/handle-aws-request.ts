// The entry point of the AWS APIs, on raw node:http: parse → authenticate → authorize → one use case → present.
// ECR and ECR Public speak JSON (AWS JSON 1.1), STS the query protocol with XML. The protocol decides the form of every
// error, also before authentication, because clients can't parse the other one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Action } from '#lib/access/actions.ts';
import type { RequestContext } from '#lib/access/schema.ts';
import { baseUrl } from '#lib/distribution/http/challenge.ts';
import { readBody } from '#lib/distribution/http/read-body.ts';
import { AppError, toAppError } from '#lib/platform/errors.ts';
import { noteKeyUse } from '#lib/identity/access-keys/find-key-holder.ts';
import { siteSeenFrom } from '#lib/platform/http/listeners.ts';
import { readClientAddress, readRequestId } from '#lib/platform/http/requests.ts';
import { requireWritable } from '#lib/site/maintenance.ts';
import { nameRoute } from '#lib/platform/metrics/request-metrics.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, toFault } from '../aws-error.ts';
import type { AwsService, Call, AwsOperation } from '../define-operations.ts';
import { AWS_OPERATIONS } from '../operations.ts';
import { findAwsRegistry } from '../find-aws-registry.ts';
import { checkAwsInput, parseAwsInput } from '../parse-aws-input.ts';
import { beginAuthentication } from '../signature/begin-authentication.ts';
import { isSigned, missingAuthentication } from '../signature/read-signature.ts';
import { answerWebIdentity } from '../sts/sts-operations.ts';
import { isWebIdentityCall, readStsForm, readStsRequest } from '../sts/sts-request.ts';
import { WEB_IDENTITY_SHAPE } from '../sts/sts-shapes.ts';
import { recordAwsCall, recordBadCredentials, recordRefusedCall } from './record-aws-call.ts';
import { readLargeBody } from './read-large-body.ts';
import { sendAwsError, sendAwsJson, sendAwsXml } from './send-aws-answer.ts';

const TARGETS: ReadonlyMap<string, AwsService> = new Map([
  ['AmazonEC2ContainerRegistry_V20150921', 'ecr'],
  ['SpencerFrontendService', 'ecr-public'],
]);
const FORM = /^application\/x-www-form-urlencoded(?:;|$)/i;
const QUERY_CALL = /[?&]Action=/;

const MAX_BODY_BYTES = 1024 * 1024;
/** Of a stranger's request, with a token of up to 20,000 characters. */
const MAX_UNSIGNED_BODY_BYTES = 64 * 1024;
/** Bodies of operations that carry content. A layer part has 20 MiB, and grows by a third in base64. */
const MAX_CONTENT_BYTES: Readonly<Record<string, number>> = {
  PutImage: 26 * 1024 * 1024,
  UploadLayerPart: 28 * 1024 * 1024,
};

/** Operations that change nothing. Those of STS and logins stay open during maintenance. */
const READS = /^(?:Get|List|Describe|BatchGet|BatchCheck|Validate)/;

export function isAwsRead(name: string): boolean {
  return READS.test(name);
}

const FAILED_AUTHENTICATION: ReadonlySet<string> = new Set([
  ...(['MissingAuthenticationTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'] as const),
  ...(['IncompleteSignatureException', 'ExpiredTokenException'] as const),
  ...(['InvalidIdentityToken', 'ExpiredWebIdentityToken', 'IDPCommunicationError'] as const),
]);

/** Whether the request speaks an AWS protocol. Everything else on these paths is a page. */
export function isAwsRequest({ method, url = '', headers }: IncomingMessage): boolean {
  if (method === 'POST' && headers['x-amz-target'] !== undefined) return true;
  const path = url.split('?', 1)[0];
  if (path !== '/') return false;
  if (method === 'POST') return FORM.test(headers['content-type'] ?? '');
  return method === 'GET' && QUERY_CALL.test(url);
}

/** Answers any request of the AWS APIs. Never rejects. */
export async function handleAwsRequest(app: AwsApp, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const isJson = req.headers['x-amz-target'] !== undefined;
  let operation: AwsOperation | null = null;
  try {
    if (!isJson) return await answerSts(app, req, res);
    operation = findOperation(String(req.headers['x-amz-target']));
    nameRoute(res, `${operation.service}:${operation.name}`);
    sendAwsJson(res, await answerJson(app, req, operation));
  } catch (thrown) {
    const error = limitFailure(app, req, toAppError(thrown));
    app.counts.errors.add('aws', error.code);
    if (error.code === 'internal' || error.code === 'unavailable') {
      app.log.error({ err: error, requestId: readRequestId(req), operation: operation?.name }, 'AWS API call failed');
    }
    recordBadCredentials(app, req, error);
    await sendAwsError(req, res, { error, errors: operation?.shape.errors ?? null, isJson });
  }
}

async function answerJson(app: AwsApp, req: IncomingMessage, operation: AwsOperation): Promise<unknown> {
  const { service, name, shape } = operation;
  const { finish, userId } = await beginAuthentication(app, req, { service, signs: ['x-amz-target'] });
  const answer = async (body: Buffer) => {
    const call = await toCall(app, req, operation, finish(body));
    if (!isAwsRead(name)) await requireWritable(app);
    const input = parseAwsInput(shape.input, body);
    return run(app, { ...call, registry: await findAwsRegistry(app, call, registryIn(input)) }, operation, input);
  };
  const maxBytes = MAX_CONTENT_BYTES[name];
  const isSmall = maxBytes === undefined || Number(req.headers['content-length'] ?? Infinity) <= MAX_BODY_BYTES;
  if (isSmall) return answer(await readBody(req, MAX_BODY_BYTES));
  return app.largeCalls.run(userId, async () => answer(await readLargeBody(req, { maxBytes })));
}

/** Counts failed authentications by network, like those for tokens. Valid signatures aren't limited. */
function limitFailure(app: AwsApp, req: IncomingMessage, error: AppError): AppError {
  if (!FAILED_AUTHENTICATION.has(toFault(error, null).type)) return error;
  const { isAllowed, quota } = app.limits.tokens.take(readClientAddress(req));
  if (isAllowed || quota === null) return error;
  app.counts.limits.tokens += 1;
  return new AppError('rate_limited', 'Rate exceeded', { retryAfterSeconds: quota.resetSeconds });
}

async function answerSts(app: AwsApp, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (!isSigned(req)) return answerUnsigned(app, req, res);
  const authentication = await beginAuthentication(app, req, { service: 'sts', signs: [] });
  const body = await readBody(req, MAX_BODY_BYTES);
  const signer = authentication.finish(body);
  const { operation, input } = readStsRequest(readStsForm(req, body));
  nameRoute(res, `sts:${operation.name}`);
  const call = await toCall(app, req, operation, signer);
  sendAwsXml(req, res, operation.name, (await run(app, call, operation, input)) as Record<string, unknown>);
}

/** A workload without credentials, which has a token instead. */
async function answerUnsigned(app: AwsApp, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const form = readStsForm(req, await readBody(req, MAX_UNSIGNED_BODY_BYTES));
  if (!isWebIdentityCall(form)) throw missingAuthentication();
  nameRoute(res, 'sts:AssumeRoleWithWebIdentity');
  const input = checkAwsInput(WEB_IDENTITY_SHAPE.input, form.members) as z.output<typeof WEB_IDENTITY_SHAPE.input>;
  const answer = await answerWebIdentity(app, readCallContext(app, req), input);
  sendAwsXml(req, res, form.action, answer);
}

function findOperation(target: string): AwsOperation {
  const [prefix = '', name = '', ...more] = target.split('.');
  const service = TARGETS.get(prefix);
  const operation = service && more.length === 0 && AWS_OPERATIONS.get(`${service}:${name}`);
  if (!operation) throw awsError('UnknownOperationException', `The operation ${target} doesn't exist.`);
  return operation;
}

async function toCall(
  app: AwsApp,
  req: IncomingMessage,
  { service, name }: AwsOperation,
  signer: Pick<Call, 'holder' | 'credentialEnd'>,
): Promise<Call> {
  const context = readCallContext(app, req);
  await noteKeyUse(app, signer.holder, { service, address: context.address });
  const action = `${service}:${name}` as Action;
  const caller = { principal: signer.holder.principal, context };
  const registry = await findAwsRegistry(app, signer, undefined);
  return { ...signer, registry, service, action, caller, baseUrl: baseUrl(app, req) };
}

function registryIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('registryId' in input)) return undefined;
  return typeof input.registryId === 'string' ? input.registryId : undefined;
}

function readCallContext(app: AwsApp, req: IncomingMessage): RequestContext {
  const userAgent = req.headers['user-agent'] ?? null;
  const site = siteSeenFrom(app.config, req.headers['x-listener']);
  return { address: readClientAddress(req), userAgent, requestId: readRequestId(req), site };
}

async function run(app: AwsApp, call: Call, operation: AwsOperation, input: unknown): Promise<unknown> {
  const { shape, handle } = operation;
  const asked = { call, operation, input };
  try {
    const answer = shape.output.parse(await handle(app, call, input));
    recordAwsCall(app, asked);
    return answer;
  } catch (error) {
    recordRefusedCall(app, asked, toAppError(error));
    throw error;
  }
}
