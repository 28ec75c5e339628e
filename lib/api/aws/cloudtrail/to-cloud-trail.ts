// Writes an audit event as a CloudTrail record, so that tools for AWS logs read it.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
import { createHash } from 'node:crypto';
import { principalName, repositoryArn, roleName } from '#lib/access/resource-names.ts';
import { parseRobotAddress, parseRoleAddress, type RoleAddress, type SiteAddress } from '#lib/access/schema.ts';
import { splitFullName } from '#lib/oci/name.ts';
import type { AuditEventView } from '#lib/events/read-audit.ts';
import { uniqueRoleId, uniqueUserId } from '../sts/unique-id.ts';
import { findCloudTrailName } from './cloud-trail-names.ts';

type Json = Record<string, unknown>;

/** The image that an event is about. */
type Subject = { repositoryName: string; imageTag?: string; imageDigest?: string };

const FORMAT_VERSION = '1.11';
const TARGET = /^([^:@]+)(?::([^:@]+)|@([^@]+))?$/;

export function toCloudTrail(event: AuditEventView, { region }: SiteAddress): Json {
  const { registryId, action, after, count, at, lastAt } = event;
  const name = findCloudTrailName(event);
  const subject = findSubject(event);
  const reason = textIn(after, 'reason');
  const isRefused = action.endsWith('.refuse') || action.endsWith('.fail');
  return {
    eventVersion: FORMAT_VERSION,
    userIdentity: toIdentity(event),
    eventTime: toSeconds(at),
    eventSource: name.source,
    eventName: name.name,
    awsRegion: region,
    sourceIPAddress: event.address,
    userAgent: event.userAgent,
    ...(isRefused && { errorCode: 'AccessDenied', ...(reason !== null && { errorMessage: reason }) }),
    requestParameters: subject && toParameters(registryId, name.name, subject),
    responseElements: isRefused || !subject ? null : toResponse(registryId, name.name, subject),
    // Facts without a CloudTrail field. One record aggregates identical requests from eventTime to lastEventTime.
    additionalEventData: {
      action,
      target: event.target,
      count,
      lastEventTime: toSeconds(lastAt),
      change: changeOf(event),
    },
    ...(event.requestId !== null && { requestID: event.requestId }),
    eventID: toEventId(event.id),
    readOnly: name.isReadOnly,
    resources: subject && registryId !== null ? [toResource(registryId, region, subject)] : [],
    eventType: name.source === 'vitrine' ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: registryId,
    eventCategory: 'Management',
  };
}

function toIdentity({ actorId, actor, registryId, accessKeyId }: AuditEventView): Json {
  if (actorId === null) {
    if (actor === 'system') return { type: 'AWSService', invokedBy: 'vitrine' };
    // As S3 logs anonymous requests.
    if (actor === 'anonymous') return { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };
    return { type: 'Unknown', userName: actor };
  }
  const role = parseRoleAddress(actor);
  if (role) return toSession(role, actorId, accessKeyId);
  const robot = parseRobotAddress(actor) ?? undefined;
  const accountId = robot?.registryId ?? registryId;
  return {
    type: 'IAMUser',
    principalId: uniqueUserId(actorId),
    ...(accountId !== null && { arn: principalName(accountId, { userId: actorId, robot }), accountId }),
    ...(accessKeyId !== null && { accessKeyId }),
    userName: robot?.name ?? actor,
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function toSession(
  { registryId, role, sessionName = '' }: RoleAddress,
  userId: string,
  accessKeyId: string | null,
): Json {
  const principalId = uniqueRoleId(userId);
  const roleSession = { registryId, role, sessionName };
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:${sessionName}`,
    arn: principalName(registryId, { userId, roleSession }),
    accountId: registryId,
    ...(accessKeyId !== null && { accessKeyId }),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId,
        arn: roleName(registryId, role),
        accountId: registryId,
        userName: role,
      },
    },
  };
}

/** Null unless the target is `ALIAS/NAME`, with or without a tag or digest. */
function findSubject({ target, action, before, after }: AuditEventView): Subject | null {
  const [, fullName = '', imageTag, digestOfTarget] = TARGET.exec(target) ?? [];
  const parts = splitFullName(fullName);
  if (!parts) return null;
  const isRemoval = action.endsWith('.delete');
  const imageDigest = digestOfTarget ?? textIn(isRemoval ? before : after, 'digest') ?? undefined;
  return { repositoryName: parts.name, ...(imageTag && { imageTag }), ...(imageDigest && { imageDigest }) };
}

function toParameters(registryId: string | null, name: string, { repositoryName, ...image }: Subject): Json {
  const parameters = { registryId, repositoryName };
  if (name === 'BatchGetImage' || name === 'BatchDeleteImage') {
    // A pull or deletion by tag names the tag only.
    const { imageTag, imageDigest } = image;
    return { ...parameters, imageIds: [imageTag ? { imageTag } : { imageDigest }] };
  }
  return name === 'PutImage' ? { ...parameters, imageTag: image.imageTag ?? null } : parameters;
}

function toResponse(registryId: string | null, name: string, { repositoryName, ...imageId }: Subject): Json | null {
  return name === 'PutImage' ? { image: { registryId, repositoryName, imageId } } : null;
}

function toResource(accountId: string, region: string, { repositoryName: name }: Subject): Json {
  return { ARN: repositoryArn(accountId, { region, name }), accountId, type: 'AWS::ECR::Repository' };
}

function changeOf({ before, after }: AuditEventView): Json {
  return { before: before ?? null, after: after ?? null };
}

/** Stable across exports, so that log pipelines can deduplicate events. */
function toEventId(id: string): string {
  const hex = createHash('sha256').update(`audit event ${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** CloudTrail's times have no fraction. */
function toSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function textIn(value: unknown, key: string): string | null {
  const found: unknown = typeof value === 'object' && value !== null ? (value as Json)[key] : null;
  return typeof found === 'string' ? found : null;
}
