// Formats of other registries that know only images. A test event looks like a push.
import { nameParts } from './name-parts.ts';
import type { Render, StoredEvent } from './format.ts';

const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);
const isPull = ({ type }: StoredEvent): boolean => type === 'image.pulled';
const isDeletion = ({ type }: StoredEvent): boolean => type === 'image.deleted' || type === 'tag.deleted';

/** @see https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/ */
export const renderHarbor: Render = (event, { publicHost }) => {
  const { alias, name } = nameParts(event.fullName);
  const { digest, tag, at, actor } = event;
  const reference = tag === null ? `@${digest}` : `:${tag}`;
  const payload = {
    type: isDeletion(event) ? 'DELETE_ARTIFACT' : isPull(event) ? 'PULL_ARTIFACT' : 'PUSH_ARTIFACT',
    occur_at: secondsOf(at),
    operator: actor,
    event_data: {
      resources: [
        { digest, ...(tag !== null && { tag }), resource_url: `${publicHost}/${event.fullName}${reference}` },
      ],
      repository: {
        date_created: secondsOf(at),
        name,
        namespace: alias,
        repo_full_name: event.fullName,
        repo_type: 'public',
      },
    },
  };
  return { contentType: 'application/json', payload };
};

/** @see https://docs.docker.com/docker-hub/repos/manage/webhooks/ */
export const renderDockerHub: Render = ({ fullName, tag, at, actor }, { publicUrl }) => {
  const { alias, name } = nameParts(fullName);
  const payload = {
    push_data: { pushed_at: secondsOf(at), pusher: actor, tag: tag ?? '' },
    callback_url: null,
    repository: {
      name,
      namespace: alias,
      owner: alias,
      repo_name: fullName,
      repo_url: `${publicUrl}/${fullName}`,
      status: 'Active',
    },
  };
  return { contentType: 'application/json', payload };
};

/** @see https://docs.quay.io/guides/notifications.html */
export const renderQuay: Render = ({ fullName, tag }, { publicUrl, publicHost }) => {
  const { alias, name } = nameParts(fullName);
  const payload = {
    repository: fullName,
    namespace: alias,
    name,
    docker_url: `${publicHost}/${fullName}`,
    homepage: `${publicUrl}/${fullName}`,
    updated_tags: tag === null ? [] : [tag],
  };
  return { contentType: 'application/json', payload };
};

/** @see https://distribution.github.io/distribution/about/notifications/ */
export const renderDistribution: Render = (event, { publicUrl, publicHost }) => {
  const { eventId, at, fullName, tag, digest, actor, detail } = event;
  const mediaType = typeof detail.mediaType === 'string' ? { mediaType: detail.mediaType } : {};
  const one = {
    id: eventId,
    timestamp: at.toISOString(),
    action: isDeletion(event) ? 'delete' : isPull(event) ? 'pull' : 'push',
    target: {
      ...mediaType,
      digest,
      repository: fullName,
      url: `${publicUrl}/v2/${fullName}/manifests/${digest}`,
      ...(tag !== null && { tag }),
    },
    request: { id: eventId, host: publicHost, method: isDeletion(event) ? 'DELETE' : isPull(event) ? 'GET' : 'PUT' },
    actor: { name: actor },
    source: { addr: publicHost },
  };
  return { contentType: 'application/vnd.docker.distribution.events.v1+json', payload: { events: [one] } };
};
