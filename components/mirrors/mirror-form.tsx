'use client';

import { useActionState } from 'react';
import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { mirrorsLink, NEW_REPOSITORY } from '../links.ts';
import { CodeLine } from '../ui/code-line.tsx';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { UpstreamFields, upstreamError, type UpstreamSettingsView } from './upstream-fields.tsx';

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
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Result registry={registry} registryHost={registryHost} result={state.value} />}
      {edited ? (
        <>
          <input name="name" type="hidden" value={edited.name} />
          <input name="host" type="hidden" value={edited.upstream.host} />
          <input name="isEdit" type="hidden" value="1" />
        </>
      ) : (
        <>
          <TextField
            autoCapitalize="off"
            autoComplete="off"
            className="font-mono"
            defaultValue={fieldValue(state, 'name')}
            error={fieldError(state, 'name')}
            hint={
              <span className="font-mono break-all">
                {registryHost}/{alias}/NAME
              </span>
            }
            label="Name here"
            maxLength={200}
            name="name"
            required
            spellCheck={false}
          />
          <TextField
            autoCapitalize="off"
            autoComplete="off"
            className="font-mono"
            defaultValue={fieldValue(state, 'host')}
            error={upstreamError(state, 'host')}
            hint="Its host, such as docker.io, ghcr.io or registry.example.org:5000."
            label="Registry to mirror from"
            maxLength={300}
            name="host"
            required
            spellCheck={false}
          />
        </>
      )}
      <TextField
        autoCapitalize="off"
        autoComplete="off"
        className="font-mono"
        defaultValue={fieldValue(state, 'upstreamName', edited?.upstreamName ?? '')}
        error={fieldError(state, 'upstreamName')}
        hint="Without the host: nginx or grafana/grafana of Docker Hub."
        label="Repository there"
        maxLength={300}
        name="upstreamName"
        required
        spellCheck={false}
      />
      <UpstreamFields current={edited?.upstream ?? null} prefix="" state={state} />
      <p className="text-sm text-muted">
        Whoever may pull the mirror gets what these credentials may pull: of a public repository, that is anyone. For
        images that are not for everyone,{' '}
        <a className="link" href={NEW_REPOSITORY}>
          make a private repository
        </a>{' '}
        of that name first.
      </p>
      <div>
        <SubmitButton>{edited ? 'Save and check' : 'Mirror it'}</SubmitButton>
      </div>
    </form>
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
