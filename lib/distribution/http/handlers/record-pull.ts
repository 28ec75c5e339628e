import type { IncomingMessage } from 'node:http';
import type { Reference } from '#lib/oci/reference.ts';
import type { PullLog } from '#lib/events/pull-log.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { toTraffic } from '#lib/distribution/http/metering/to-traffic.ts';
import type { TrafficMeter } from '#lib/repositories/usage/traffic-meter.ts';
import type { PullCounter } from '#lib/repositories/pull-counter.ts';
import {
  describeCredentials,
  type Credentials,
  type DescribedCredentials,
} from '#lib/distribution/authorization/credentials.ts';
import type { PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';

/** Clients control this header, and it is part of the pull log's key. */
const MAX_USER_AGENT_LENGTH = 300;

type App = { pullCounter: Pick<PullCounter, 'count'>; pullLog: Pick<PullLog, 'record'> };
type MeteredApp = App & { traffic: Pick<TrafficMeter, 'sent'> };
type Pull = {
  app: MeteredApp;
  req: IncomingMessage;
  repository: FoundRepository;
  credentials: Credentials;
  params: { reference: Reference };
};

/** Counts and logs a manifest GET, in memory only. */
export function recordPull(
  { app, req, repository, credentials, params }: Pull,
  pulled: Pick<PulledManifest, 'digest' | 'repositoryId' | 'sizeBytes' | 'sourceDigest'>,
): void {
  app.traffic.sent(toTraffic(req, repository), pulled.sizeBytes);
  const by = {
    ...describeCredentials(credentials),
    address: readClientAddress(req),
    userAgent: req.headers['user-agent'] ?? null,
  };
  notePull(app, { repository, reference: params.reference, pulled, by });
}

type NotedPull = {
  repository: FoundRepository;
  reference: Reference;
  pulled: Pick<PulledManifest, 'digest' | 'repositoryId' | 'sourceDigest'>;
  by: DescribedCredentials & { address: string | null; userAgent: string | null };
};

/** Counts and logs a pull through any API, in memory only. */
export function notePull(app: App, { repository, reference, pulled, by }: NotedPull): void {
  const tag = reference.kind === 'tag' ? reference.tag : null;
  const { repositoryId } = pulled;
  // What was pulled is the image that the repository has, in whichever format.
  const digest = pulled.sourceDigest ?? pulled.digest;
  app.pullCounter.count({ repositoryId, tag, digest, userId: by.userId });
  app.pullLog.record({
    registryKey: repository.registryKey,
    fullName: repository.fullName,
    name: repository.name,
    tag,
    digest,
    userId: by.userId,
    credential: by.credential,
    accessTokenId: by.accessTokenId,
    accessKeyId: by.accessKeyId,
    address: by.address,
    userAgent: by.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
  });
}
