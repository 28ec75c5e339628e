import { cookies } from 'next/headers';
import { CLIENT_COOKIE, PullBox } from '#components/pulls/pull-box.tsx';
import type { Kind } from '#lib/search/schema.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';

type PullProps = { repository: RepositoryPage; image: { digest: string; kind: Kind; tag?: string } };

/** The pull command for an image and the visitor's last client. */
export async function PullCard({ repository, image }: PullProps) {
  const { host, isPlainHttp } = await getPullAddress();
  return (
    <PullBox
      address={`${host}/${repository.primaryAlias}/${repository.name}`}
      client={(await cookies()).get(CLIENT_COOKIE)?.value}
      digest={image.digest}
      isPlainHttp={isPlainHttp}
      kind={image.kind}
      tag={image.tag ?? null}
    />
  );
}
