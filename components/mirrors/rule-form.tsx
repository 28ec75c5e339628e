import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { UpstreamFields } from './upstream-fields.tsx';
import { upstreamKeys } from './upstream-keys.ts';

/** Creates a pull-through rule. */
export function RuleForm({ action, alias }: { action: FormAction; alias: string }) {
  return (
    <ActionForm
      action={action}
      button="Create rule"
      fold={{ summary: 'New pull-through rule', isLink: true, className: 'pt-3' }}
      successNotice="Rule created. Names are looked up on their first pull."
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          hint={
            <>
              Names below <span className="font-mono break-all">{alias}/PREFIX</span>. Leave empty for all names
            </>
          }
          isCode
          label="Name prefix"
          maxLength={200}
          name="prefix"
          placeholder="docker-hub"
        />
        <TextField
          errorKeys={upstreamKeys('host')}
          hint="Host name, such as docker.io, ghcr.io or registry.example.org:5000"
          isCode
          label="Registry to pull from"
          maxLength={300}
          name="host"
          required
        />
        <TextField
          hint="Takes the place of the name prefix there. Usually empty"
          isCode
          label="Upstream prefix"
          maxLength={300}
          name="upstreamPrefix"
          placeholder="library"
        />
      </div>
      <UpstreamFields current={null} />
      <p className="text-sm text-muted">Credentials and connection settings apply to everything from this upstream.</p>
    </ActionForm>
  );
}
