import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { RegistryMirrorForm } from '#components/mirrors/registry-mirror-form.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { getApp } from '#lib/app.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import { findRegistryMirror, type RegistryMirror, type UpstreamOverview } from '#lib/upstream/mirrors/queries.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { mirrorRegistryAction, stopAction } from './actions.ts';

type RegistryMirrorSectionProps = { view: RegistryView; upstreams: UpstreamOverview[]; canManage: boolean };

/** Sets up, explains and stops mirroring a whole registry. */
export async function RegistryMirrorSection({ view, upstreams, canManage }: RegistryMirrorSectionProps) {
  const { id: registryKey, primaryAlias: alias } = view;
  const mirror = await findRegistryMirror(getApp(), { registryKey });
  if (!mirror && !canManage) return null;
  const form = (
    <RegistryMirrorForm
      action={mirrorRegistryAction.bind(null, registryKey)}
      key={mirror?.host ?? ''}
      mirror={mirror}
      upstream={upstreams.find(({ host }) => host === mirror?.host) ?? null}
    />
  );
  return (
    <section aria-labelledby="mirror-everything" className="max-w-2xl">
      <h2 className="mb-1 text-lg font-semibold" id="mirror-everything">
        Mirror everything below <span className="font-mono">{alias}</span>
      </h2>
      {mirror ? (
        <div className="flex flex-col gap-4">
          <Meaning alias={alias} mirror={mirror} />
          {canManage && (
            <>
              {form}
              <ConfirmedButtonForm
                about={`mirroring ${mirror.host}`}
                action={stopAction.bind(null, registryKey)}
                button="Stop mirroring"
                summary="Stop"
              />
            </>
          )}
        </div>
      ) : (
        <>
          <p className="mb-4 text-muted">
            Names that don’t exist here are looked up in another registry and become public mirrors on their first pull.
            Your own repositories take precedence. You can stop at any time, and existing mirrors stay.
          </p>
          {form}
        </>
      )}
    </section>
  );
}

async function Meaning({ alias, mirror: { host, prefix, answersFor } }: { alias: string; mirror: RegistryMirror }) {
  const { host: registryHost } = await getPullAddress();
  const from = prefix === '' ? host : `${host}/${prefix}`;
  return (
    <>
      <p>
        Names below <span className="font-mono">{alias}</span> that don’t exist here are pulled through from{' '}
        <span className="font-mono break-words">{from}</span> and become public mirrors on their first pull:
      </p>
      <CodeLine code={`docker pull ${registryHost}/${alias}/NAME:TAG`} label="Copy pull command" />
      {answersFor.length > 0 && (
        <p className="text-muted">
          The operator of this site also uses it for {answersFor.map(sayRoute).join(' and ')}.
        </p>
      )}
    </>
  );
}

function sayRoute(host: string): string {
  return host === '*' ? 'unknown aliases' : `names of ${host}`;
}
