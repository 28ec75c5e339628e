import { mirrorsLink } from '#components/links.ts';
import { MirrorForm, type EditedMirror } from '#components/mirrors/mirror-form.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { listMirrors, type UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { mirrorAction } from './actions.ts';

type MirrorSetupProps = {
  view: RegistryView;
  /** Null for the user's own. */
  registry: string | null;
  upstreams: UpstreamOverview[];
  /** The name of the mirror to edit, or empty for a new one. */
  edit: string;
};

/** The form that creates or edits a mirror. */
export async function MirrorSetup({ view, registry, upstreams, edit }: MirrorSetupProps) {
  const { id: registryKey, primaryAlias: alias } = view;
  const [edited, { host }] = await Promise.all([findEdited(registryKey, upstreams, edit), getPullAddress()]);
  return (
    <section aria-labelledby="mirror-a-repository" className="max-w-2xl">
      <h2 className="mb-2 text-lg font-semibold" id="mirror-a-repository">
        {edited ? (
          <>
            Edit <span className="font-mono break-words">{edited.name}</span>
          </>
        ) : (
          'Mirror a repository'
        )}
      </h2>
      {edit !== '' && !edited && <Notice tone="warning">No mirror has that name. You can create it here.</Notice>}
      {edited && (
        <p className="mb-3 text-muted">
          Credentials, freshness and connection settings apply to all mirrors of{' '}
          <span className="font-mono break-words">{edited.upstream.host}</span>.{' '}
          <a className="link" href={mirrorsLink({ registry })}>
            Create another mirror instead
          </a>
        </p>
      )}
      <MirrorForm
        action={mirrorAction.bind(null, alias)}
        alias={alias}
        edited={edited}
        key={edited?.name ?? ''}
        registry={registry}
        registryHost={host}
      />
    </section>
  );
}

async function findEdited(
  registryKey: bigint,
  upstreams: UpstreamOverview[],
  name: string,
): Promise<EditedMirror | null> {
  if (name === '') return null;
  const [mirror] = await listMirrors(getApp(), { registryKey, name, limit: 1, offset: 0 });
  const upstream = mirror && upstreams.find(({ host }) => host === mirror.upstreamHost);
  return upstream ? { name, upstreamName: mirror.upstreamName, upstream } : null;
}
