// The envelope of Amazon EventBridge, with ECR's own details where ECR has the event.
import { nameParts } from './name-parts.ts';
import type { Render, StoredEvent } from './format.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html */
const ECR_ACTIONS: Partial<Record<string, 'PUSH' | 'DELETE'>> = {
  'image.pushed': 'PUSH',
  'image.deleted': 'DELETE',
  'tag.deleted': 'DELETE',
};
const KINDS: Partial<Record<string, string>> = {
  image: 'Vitrine Image Action',
  tag: 'Vitrine Tag Action',
  repository: 'Vitrine Repository Action',
  alias: 'Vitrine Alias Action',
};

export const renderEventBridge: Render = (event, { registryId, site: { region } }) => {
  const { name } = nameParts(event.fullName);
  const ecrAction = ECR_ACTIONS[event.type];
  const resources = event.fullName === null ? [] : [`arn:aws:ecr:${region}:${registryId}:repository/${name}`];
  const payload = {
    version: '0',
    id: event.eventId,
    'detail-type': ecrAction ? 'ECR Image Action' : (KINDS[event.type.split('.')[0] ?? ''] ?? 'Vitrine Test'),
    source: ecrAction ? 'aws.ecr' : 'vitrine',
    account: registryId,
    time: event.at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources,
    detail: ecrAction ? ecrDetail(event, { name, ecrAction }) : ownDetail(event, name),
  };
  return { contentType: 'application/json', payload };
};

function ecrDetail({ digest, tag }: StoredEvent, { name, ecrAction }: { name: string; ecrAction: string }): object {
  return {
    result: 'SUCCESS',
    'repository-name': name,
    'image-digest': digest,
    'action-type': ecrAction,
    ...(tag !== null && { 'image-tag': tag }),
  };
}

function ownDetail({ type, fullName, tag, digest, detail }: StoredEvent, name: string): object {
  return {
    type,
    ...(fullName !== null && { 'repository-name': name }),
    ...(digest !== null && { 'image-digest': digest }),
    ...(tag !== null && { 'image-tag': tag }),
    ...detail,
  };
}
