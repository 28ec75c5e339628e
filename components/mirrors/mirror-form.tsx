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

/** A mirror that is there, to be changed. */
export type EditedMirror = { name: string; upstreamName: string; upstream: UpstreamSettingsView };

type MirrorFormProps = {
  action: FormAction<MirrorResult>;
  alias: string;
  /** 12 digits; null: one's own. */
  registry: string | null;
  /** What clients write before a full name. */
  registryHost: string;
  edited: EditedMirror | null;
};

export function MirrorForm({ action, alias, registry, registryHost, edited }: MirrorFormProps) {
  return (
    <ActionForm
      action={action}
      button={edited ? 'Save and check' : 'Mirror it'}
      renderSuccess={(result) => <Result registry={registry} registryHost={registryHost} result={result} />}
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
            label="Name here"
            maxLength={200}
            name="name"
            required
          />
          <TextField
            errorKeys={upstreamKeys('host')}
            hint="Its host, such as docker.io, ghcr.io or registry.example.org:5000."
            isCode
            label="Registry to mirror from"
            maxLength={300}
            name="host"
            required
          />
        </>
      )}
      <TextField
        defaultValue={edited?.upstreamName ?? ''}
        hint="Without the host: nginx or grafana/grafana of Docker Hub."
        isCode
        label="Repository there"
        maxLength={300}
        name="upstreamName"
        required
      />
      <UpstreamFields current={edited?.upstream ?? null} />
      <p className="text-sm text-muted">
        Whoever may pull the mirror gets what these credentials may pull: of a public repository, that is anyone. For
        images that are not for everyone,{' '}
        <a className="link" href={NEW_REPOSITORY}>
          make a private repository
        </a>{' '}
        of that name first.
      </p>
    </ActionForm>
  );
}

type ResultProps = { registry: string | null; registryHost: string; result: MirrorResult };

function Result({ registry, registryHost, result: { fullName, name, problem, tag } }: ResultProps) {
  if (problem !== null) {
    return (
      <Notice tone="warning">
        <p className="font-medium">{fullName} is set up, but nothing can be pulled from it yet.</p>
        <p>
          {problem}{' '}
          <a className="underline underline-offset-2" href={mirrorsLink({ registry, edit: name })}>
            Change it
          </a>
        </p>
      </Notice>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <Notice tone="success">{fullName} is set up, and its upstream answers. It works:</Notice>
      <CodeLine code={`docker pull ${registryHost}/${fullName}:${tag ?? 'latest'}`} label="Copy the pull command" />
    </div>
  );
}
