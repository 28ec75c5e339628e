import type { RegistryMirror } from '#lib/upstream/mirrors/queries.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { UpstreamFields, type UpstreamSettingsView } from './upstream-fields.tsx';
import { upstreamKeys } from './upstream-keys.ts';

type RegistryMirrorFormProps = {
  action: FormAction;
  mirror: RegistryMirror | null;
  /** The upstream settings of the mirror's host. */
  upstream: UpstreamSettingsView | null;
};

export function RegistryMirrorForm({ action, mirror, upstream }: RegistryMirrorFormProps) {
  return (
    <ActionForm
      action={action}
      button={mirror ? 'Save settings' : 'Mirror registry'}
      fold={{ summary: mirror ? 'Change settings' : 'Mirror a whole registry', isLink: true, className: 'pt-3' }}
      successNotice="Saved. Names are looked up on their first pull."
      tone={mirror ? 'plain' : 'primary'}
    >
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          defaultValue={mirror?.host ?? ''}
          errorKeys={upstreamKeys('host')}
          hint="Host name, such as docker.io"
          isCode
          label="Registry to mirror"
          maxLength={300}
          name="host"
          required
        />
        <TextField
          defaultValue={mirror?.prefix ?? ''}
          hint="Added before every name. Leave empty for the whole registry"
          isCode
          label="Prefix"
          maxLength={300}
          name="prefix"
          placeholder="grafana"
        />
      </div>
      {mirror && <input name="editedHost" type="hidden" value={mirror.host} />}
      <UpstreamFields current={upstream} />
      <p className="text-sm text-muted">With credentials, anyone can pull everything the credentials allow.</p>
    </ActionForm>
  );
}
