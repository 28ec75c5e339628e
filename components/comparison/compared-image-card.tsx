import type { ComparedImage } from '#lib/distribution/comparison/load-compared-image.ts';
import type { ComparedPlatform } from '#lib/distribution/comparison/compare-images.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { DigestLink } from '../explorer/digest-link.tsx';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { Fact } from '../ui/fact.tsx';
import { countOf, formatBytes } from '../ui/format-number.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

type CardProps = {
  title: string;
  image: ComparedImage;
  repository: RepositoryLink;
  /** Null if the platform isn't stored here. */
  platform: ComparedPlatform | null;
  /** Whether to name the repository. */
  isNamed: boolean;
};

/** One side of a comparison. */
export function ComparedImageCard({ title, image, repository, platform, isNamed }: CardProps) {
  const { reference, fullName } = image;
  const isDigest = parseDigest(reference) !== null;
  const href = repositoryLink({ ...repository, item: isDigest ? { digest: reference } : { tag: reference } });
  const manifest = platform?.digest ?? image.digest;
  const createdAt = platform?.view.imageCreatedAt ?? image.imageCreatedAt;
  return (
    <section aria-label={title} className="min-w-0 rounded-lg border border-line px-4 py-3">
      <p className="text-sm text-muted">{title}</p>
      <a className="link font-mono font-semibold wrap-anywhere" href={href}>
        {isNamed && fullName}
        {isNamed && (isDigest ? '@' : ':')}
        {isDigest ? reference.slice(0, 19) : reference}
      </a>
      <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-2 text-sm tabular-nums">
        {platform && <Fact term="Size">{formatBytes(platform.sizeBytes)}</Fact>}
        {platform && <Fact term="Layers">{countOf(platform.layers.length, 'layer')}</Fact>}
        {createdAt && (
          <Fact term="Created">
            <TimeAgo date={createdAt} />
          </Fact>
        )}
        <Fact term="Digest">
          <DigestLink digest={manifest} href={repositoryLink({ ...repository, item: { digest: manifest } })} />
        </Fact>
      </dl>
    </section>
  );
}
