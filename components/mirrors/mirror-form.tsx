'use client';

import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { mirrorsLink, NEW_REPOSITORY } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';
import { UpstreamFields, type UpstreamSettingsView } from './upstream-fields.tsx';
import { upstreamKeys } from './upstream-keys.ts';

export type MirrorResult = MirrorCheck & { fullName: string; name: string };

/** An existing mirror to edit. */
export type EditedMirror = { name: string; upstreamName: string; upstream: UpstreamSettingsView };

type MirrorFormProps = {
  action: FormAction<MirrorResult>;
  alias: string;
  /** A registry ID. Null for the user's own. */
  registry: string | null;
  /** The registry host. */
  registryHost: string;
  edited: EditedMirror | null;
};

export function MirrorForm({ action, alias, registry, registryHost, edited }: MirrorFormProps) {
  return (
    <ActionForm
      action={action}
      button={edited ? 'Save mirror' : 'Create mirror'}
      renderSuccess={(result) => <Result registry={registry} registryHost={registryHost} result={result} />}
      warnsOfUnsaved
    >
      {edited ? (
        <>
          <input name="name" type="hidden" value={edited.name} />
          <input name="host" type="hidden" value={edited.upstream.host} />
          <input name="isEdit" type="hidden" value="1" />
        </>
      ) : (
        <>
          <TextField
            hint={
              <span className="font-mono break-all">
                {registryHost}/{alias}/NAME
              </span>
            }
            isCode
            label="Repository name"
            maxLength={200}
            name="name"
            required
          />
          <TextField
            errorKeys={upstreamKeys('host')}
            hint="Host name, such as docker.io, ghcr.io or registry.example.org:5000"
            isCode
            label="Upstream registry"
            maxLength={300}
            name="host"
            required
          />
        </>
      )}
      <TextField
        defaultValue={edited?.upstreamName ?? ''}
        hint="Without the host, such as nginx or grafana/grafana"
        isCode
        label="Upstream repository"
        maxLength={300}
        name="upstreamName"
        required
      />
      <UpstreamFields current={edited?.upstream ?? null} />
      <p className="text-sm text-muted">
        Anyone who can pull the mirror can pull what these credentials allow. For a public repository, that is everyone.
        To restrict access,{' '}
        <a className="link" href={NEW_REPOSITORY}>
          create a private repository
        </a>{' '}
        with that name first.
      </p>
    </ActionForm>
  );
}

type ResultProps = { registry: string | null; registryHost: string; result: MirrorResult };

function Result({ registry, registryHost, result: { fullName, name, problem, tag } }: ResultProps) {
  if (problem !== null) {
    return (
      <Notice tone="warning">
        <p className="font-medium">{fullName} is set up, but pulls from it fail.</p>
        <p>
          {problem}{' '}
          <a className="underline underline-offset-2" href={mirrorsLink({ registry, edit: name })}>
            Change settings
          </a>
        </p>
      </Notice>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <Notice tone="success">{fullName} is set up and its upstream responds. Pull from it:</Notice>
      <CodeLine code={`docker pull ${registryHost}/${fullName}:${tag ?? 'latest'}`} label="Copy pull command" />
    </div>
  );
}
