import { expect, test } from 'vitest';
import { FORMATS } from '#lib/outbound/webhooks/schema.ts';
import type { StoredEvent } from './format.ts';
import { renderEvent, type RequestFormat } from './render-event.ts';

const CONTEXT = {
  registryId: '123456789012',
  publicUrl: 'https://gallery.example',
  publicHost: 'gallery.example',
  site: { region: 'eu-north-1' },
};
const PUSH: StoredEvent = {
  eventId: '0193b2f0-0000-7000-8000-000000000000',
  at: new Date('2026-12-01T10:00:00.250Z'),
  type: 'image.pushed',
  fullName: 'acme/team/app',
  tag: 'v1',
  digest: `sha256:${'a'.repeat(64)}`,
  actor: 'ada@example.org',
  detail: { mediaType: 'application/vnd.oci.image.manifest.v1+json' },
};

function render(format: RequestFormat, event: Partial<StoredEvent> = {}): { contentType: string; payload: unknown } {
  const { contentType, body } = renderEvent(format, { ...PUSH, ...event }, CONTEXT);
  return { contentType, payload: JSON.parse(body) };
}

test('EventBridge: the fields of ECR', () => {
  expect(render('eventbridge').payload).toEqual({
    version: '0',
    id: PUSH.eventId,
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-12-01T10:00:00Z',
    region: 'eu-north-1',
    resources: ['arn:aws:ecr:eu-north-1:123456789012:repository/team/app'],
    detail: {
      result: 'SUCCESS',
      'repository-name': 'team/app',
      'image-digest': PUSH.digest,
      'action-type': 'PUSH',
      'image-tag': 'v1',
    },
  });
  expect(render('eventbridge', { type: 'tag.moved', detail: { previousDigest: 'sha256:b' } }).payload).toMatchObject({
    source: 'vitrine',
    'detail-type': 'Vitrine Tag Action',
    detail: { type: 'tag.moved', previousDigest: 'sha256:b' },
  });
});

// Argo CD Image Updater takes types that contain `image`, and reads repository, tag and registryUrl of the data.
test('CloudEvents, as Argo CD Image Updater reads them', () => {
  const { contentType, payload } = render('cloudevents');
  expect(contentType).toMatch(/^application\/cloudevents\+json/);
  expect(payload).toMatchObject({
    specversion: '1.0',
    id: PUSH.eventId,
    type: 'io.vitrine.image.pushed',
    source: 'urn:vitrine:eu-north-1:123456789012',
    data: { registryUrl: 'gallery.example', repository: 'acme/team/app', tag: 'v1', digest: PUSH.digest },
  });
});

// Keel, Flux and Argo read the first resource.
test('Harbor', () => {
  expect(render('harbor').payload).toMatchObject({
    type: 'PUSH_ARTIFACT',
    occur_at: 1796119200,
    event_data: {
      resources: [{ digest: PUSH.digest, tag: 'v1', resource_url: 'gallery.example/acme/team/app:v1' }],
      repository: { name: 'team/app', namespace: 'acme', repo_full_name: 'acme/team/app' },
    },
  });
  expect(render('harbor', { type: 'tag.deleted' }).payload).toMatchObject({ type: 'DELETE_ARTIFACT' });
  expect(render('harbor', { type: 'image.pulled' }).payload).toMatchObject({ type: 'PULL_ARTIFACT' });
  expect(render('harbor', { tag: null }).payload).toMatchObject({
    event_data: { resources: [{ resource_url: `gallery.example/acme/team/app@${PUSH.digest}` }] },
  });
});

test('Docker Hub', () => {
  expect(render('docker-hub').payload).toMatchObject({
    push_data: { pushed_at: 1796119200, pusher: 'ada@example.org', tag: 'v1' },
    repository: { repo_name: 'acme/team/app', namespace: 'acme', name: 'team/app' },
  });
});

// Argo CD Image Updater takes the host from docker_url, and the first tag.
test('Quay', () => {
  expect(render('quay').payload).toMatchObject({
    repository: 'acme/team/app',
    docker_url: 'gallery.example/acme/team/app',
    updated_tags: ['v1'],
  });
});

// Keel takes pushes with a tag, and joins request.host and the repository.
test('distribution', () => {
  const { contentType, payload } = render('distribution');
  expect(contentType).toBe('application/vnd.docker.distribution.events.v1+json');
  expect(payload).toMatchObject({
    events: [
      {
        id: PUSH.eventId,
        action: 'push',
        target: { repository: 'acme/team/app', tag: 'v1', digest: PUSH.digest, mediaType: PUSH.detail.mediaType },
        request: { host: 'gallery.example' },
      },
    ],
  });
  expect(render('distribution', { type: 'image.deleted' }).payload).toMatchObject({ events: [{ action: 'delete' }] });
});

test('Slack and Teams get a sentence, in which names mean nothing else', () => {
  expect(render('slack').payload).toEqual({
    text: 'Image pushed: acme/team/app:v1\n<https://gallery.example/acme/team/app>',
  });
  const hostile = {
    type: 'alias.suspended',
    fullName: null,
    tag: null,
    digest: null,
    detail: { name: '<!channel> & co' },
  };
  expect(render('slack', hostile).payload).toEqual({
    text: 'Alias suspended: &lt;!channel&gt; &amp; co\n<https://gallery.example>',
  });
  expect(JSON.stringify(render('teams').payload)).toContain('Image pushed: acme/team/app:v1');
});

const requestFormats = Object.keys(FORMATS).filter((format): format is RequestFormat => format !== 'email');

test.each(requestFormats)('%s has a body for each of its events and for the test, under 20 kB', (format) => {
  for (const type of [...FORMATS[format].types, 'webhook.test']) {
    const { body } = renderEvent(format, { ...PUSH, type }, CONTEXT);
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(body).not.toContain('undefined');
  }
});
