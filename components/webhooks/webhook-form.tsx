'use client';

import { OUTBOUND_TYPES } from '#lib/events/outbound/schema.ts';
import { FORMATS } from '#lib/outbound/webhooks/schema.ts';
import type { WebhookView } from '#lib/outbound/webhooks/webhook-queries.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField, CheckboxGroup } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextField } from '../forms/text-field.tsx';
import { WebhookSecret, type NewSecret } from './webhook-secret.tsx';

const FORMAT_CHOICES = Object.entries(FORMATS).map(([value, { name }]) => ({ value, text: name }));
const TYPE_CHOICES = OUTBOUND_TYPES.map((value) => ({ value, text: value }));
const USUAL_TYPES = ['image.pushed', 'image.deleted', 'tag.moved', 'tag.deleted'];

/** Shows the secret of a new webhook in place of the form. */
export function CreateWebhookForm({ action }: { action: FormAction<NewSecret> }) {
  return (
    <ActionForm
      action={action}
      button="Create webhook"
      isOneShot
      renderSuccess={(created) => <WebhookSecret {...created} />}
    >
      <TextField isCode label="Name" maxLength={100} name="name" placeholder="deploy" required />
      <SettingsFields />
    </ActionForm>
  );
}

export function WebhookSettingsForm({ action, current }: { action: FormAction; current: WebhookView }) {
  return (
    <ActionForm action={action} button="Save webhook" noticePlace="bottom" successNotice="Saved.">
      <SettingsFields current={current} />
    </ActionForm>
  );
}

export function RotateSecretForm({ action }: { action: FormAction<NewSecret> }) {
  return (
    <ActionForm
      action={action}
      button="Rotate secret"
      isSmall
      renderSuccess={(created) => <WebhookSecret {...created} />}
      tone="plain"
    />
  );
}

function SettingsFields({ current }: { current?: WebhookView }) {
  return (
    <>
      <TextField
        defaultValue={current?.url}
        hint="A public address, or for email mailto: and a member’s address"
        isCode
        label="URL"
        maxLength={2_000}
        name="url"
        placeholder="https://ci.example.org/hooks/vitrine"
        required
      />
      <SelectField
        choices={FORMAT_CHOICES}
        defaultValue={current?.format ?? 'eventbridge'}
        hint="What the receiver understands"
        label="Format"
        name="format"
      />
      <CheckboxGroup
        checked={current?.eventTypes ?? USUAL_TYPES}
        choices={TYPE_CHOICES}
        hint="Pulls are sampled: about one event per image and minute."
        label="Events"
        name="eventTypes"
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          defaultValue={current?.repositoryPattern ?? '*'}
          hint="Without the alias. * matches any characters"
          isCode
          label="Repositories"
          maxLength={255}
          name="repositoryPattern"
        />
        <TextField
          defaultValue={current?.tagPattern ?? '*'}
          hint="Any but * leaves out events without a tag"
          isCode
          label="Tags"
          maxLength={255}
          name="tagPattern"
        />
      </div>
      <TextField
        hint={
          current?.hasAuthorization ? 'Leave empty to keep what is set' : 'If the receiver wants one, such as Bearer …'
        }
        isCode
        label="Authorization header"
        maxLength={1_000}
        name="authorization"
      />
      {current?.hasAuthorization && <CheckboxField label="Send no Authorization header" name="removesAuthorization" />}
    </>
  );
}
