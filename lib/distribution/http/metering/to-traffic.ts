import type { IncomingMessage } from 'node:http';
import { isPrivateRequest } from '#lib/platform/http/listeners.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Traffic } from '#lib/repositories/usage/traffic-meter.ts';

/** Says whose bytes a request moves, and for whom. */
export function toTraffic(
  req: IncomingMessage,
  { id, registryKey }: Pick<FoundRepository, 'id' | 'registryKey'>,
): Traffic {
  return { repositoryId: id, registryKey, address: readClientAddress(req), isPrivate: isPrivateRequest(req) };
}
