'use client';

import { useActionState } from 'react';
import type { RegistryMirror } from '#lib/upstream/mirrors/queries.ts';
import { TextField } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldError, fieldValue, type FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { UpstreamFields, upstreamError, type UpstreamSettingsView } from './upstream-fields.tsx';

/** Its fields stand on a page with those of the other form. */
const PREFIX = 'all-';

type RegistryMirrorFormProps = {
  action: FormAction;
  mirror: RegistryMirror | null;
  /** Of the mirror's host. */
  upstream: UpstreamSettingsView | null;
};

export function RegistryMirrorForm({ action, mirror, upstream }: RegistryMirrorFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-4">
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">Saved. The first pull of a name tells whether it is there.</Notice>}
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          autoCapitalize="off"
          autoComplete="off"
          className="font-mono"
          defaultValue={fieldValue(state, `${PREFIX}host`, mirror?.host ?? '')}
          error={upstreamError(state, 'host')}
          hint="Its host, such as docker.io."
          label="Registry to mirror"
          maxLength={300}
          name={`${PREFIX}host`}
          required
          spellCheck={false}
        />
        <TextField
          autoCapitalize="off"
          autoComplete="off"
          className="font-mono"
          defaultValue={fieldValue(state, `${PREFIX}prefix`, mirror?.prefix ?? '')}
          error={fieldError(state, 'prefix')}
          hint="Stands before every name there. Empty: the whole registry."
          label="Only what is below"
          maxLength={300}
          name={`${PREFIX}prefix`}
          placeholder="grafana"
          spellCheck={false}
        />
      </div>
      {mirror && <input name={`${PREFIX}isEdit`} type="hidden" value={mirror.host} />}
      <UpstreamFields current={upstream} prefix={PREFIX} state={state} />
      <p className="text-sm text-muted">With credentials, anyone can pull from here what these may pull there.</p>
      <div>
        <SubmitButton tone={mirror ? 'plain' : 'primary'}>{mirror ? 'Save' : 'Mirror everything'}</SubmitButton>
      </div>
    </form>
  );
}
