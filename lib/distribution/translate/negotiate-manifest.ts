import type { DistributionConfig } from '#lib/distribution/distribution-config.ts';
import type { PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { SCHEMA_1_SIGNED } from '#lib/oci/media-types.ts';
import { readManifest } from '#lib/oci/read-manifest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { chooseFormat, isAcceptable, type Client, type Format } from './choose-format.ts';
import { recallTranslation, translateManifest } from './translate-manifest.ts';

type App = Parameters<typeof translateManifest>[0] & { config: Pick<DistributionConfig, 'isAcceptStrict'> };
type Input = { repository: FoundRepository; tag: string; stored: PulledManifest; client: Client };

/**
 * Answers a pull by tag in a format that the client reads, where there is one.
 * @throws AppError `manifest_not_found` for a list without an image that the client can read
 */
export async function negotiateManifest(app: App, { repository, tag, stored, client }: Input): Promise<PulledManifest> {
  const format = chooseFormat(stored.mediaType, client);
  const answer = format ? await translateManifest(app, { repository, tag, manifest: stored, format }) : stored;
  if (mayRefuse(app, { stored, client, format, answer })) throw noFormat(stored);
  return answer;
}

/** Null: the answer isn't cached, or is a refusal. */
export function recallNegotiated(app: App, { repository, tag, stored, client }: Input): PulledManifest | null {
  const format = chooseFormat(stored.mediaType, client);
  const answer = format ? recallTranslation(app, { repository, tag, manifest: stored, format }) : stored;
  return answer && mayRefuse(app, { stored, client, format, answer }) ? null : answer;
}

type Outcome = { stored: PulledManifest; client: Client; format: Format | null; answer: PulledManifest };

/** Old clients can do nothing with a list, so they get a sentence instead. */
function mayRefuse({ config }: App, { stored, client, format, answer }: Outcome): boolean {
  if (answer.digest !== stored.digest) return false;
  if (format?.ofPlatform && format.mediaType === SCHEMA_1_SIGNED) return true;
  return config.isAcceptStrict && !isAcceptable(stored.mediaType, client);
}

function noFormat({ mediaType, payload }: PulledManifest): AppError {
  const { children = [] } = readManifest(payload, mediaType) ?? {};
  const platforms = children.flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : []));
  const listed = platforms.length > 0 ? ` It has images for ${[...new Set(platforms)].slice(0, 20).join(', ')}.` : '';
  const sentence = `The tag points to a manifest of type ${mediaType}, which your client doesn’t accept.${listed}`;
  return new AppError('manifest_not_found', `${sentence} Use a newer client.`);
}
