'use client';

import type { ReplicationRule } from '#lib/replication/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

export function ReplicationRulesForm({ action, rules }: { action: FormAction; rules: ReplicationRule[] }) {
  const text = JSON.stringify(rules, null, 2);
  return (
    <ActionForm action={action} button="Save rules" noticePlace="bottom" successNotice="Rules saved.">
      <TextAreaField
        className="font-mono"
        defaultValue={text}
        hint="JSON, as in the AWS CLI, with tagPatterns and deleteReplication. [] ends replication"
        // A form that was saved returns to what it was rendered with.
        key={text}
        label="Rules"
        name="rules"
        rows={10}
        spellCheck={false}
      />
    </ActionForm>
  );
}

/** Adds a destination, or changes the one with this region and registry id. */
export function ReplicationDestinationForm({ action }: { action: FormAction }) {
  return (
    <ActionForm action={action} button="Save destination" noticePlace="bottom" successNotice="Destination saved.">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField isCode label="Region" maxLength={25} name="region" placeholder="eu-central-1" required />
        <TextField isCode label="Registry id" maxLength={12} name="registryId" placeholder="210987654321" required />
        <TextField isCode label="Host" maxLength={300} name="host" placeholder="eu.example.org" required />
        <TextField hint="Precedes repository names there" isCode label="Namespace" maxLength={200} name="namespace" />
        <TextField isCode label="User name" maxLength={255} name="username" />
        <TextField
          autoComplete="off"
          hint="Leave empty to keep a stored one"
          label="Password or token"
          maxLength={4_096}
          name="password"
          type="password"
        />
        <TextField
          hint="Of each copy. Leave empty for no limit"
          inputMode="numeric"
          label="Bytes per second"
          name="maxBytesPerSecond"
        />
      </div>
      <CheckboxField label="Plain HTTP" name="isPlainHttp" />
    </ActionForm>
  );
}
