import type { RegistryView } from '#lib/repositories/queries.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { consoleLink, templatesLink } from '../links.ts';
import { Chip } from '../ui/chip.tsx';

type RegistryCardProps = {
  registry: RegistryView;
  /** Whether the console shows it first. */
  isFirst: boolean;
  isOnly: boolean;
  canChange: boolean;
  makeDefault: FormAction;
  saveSettings: FormAction;
  saveBlobMounting: FormAction;
};

const VISIBILITIES = [
  { value: 'public', text: 'Public' },
  { value: 'private', text: 'Private' },
];

const CREATION = [
  { value: 'always', text: 'Create it' },
  { value: 'template', text: 'Create it if a template matches' },
  { value: 'never', text: 'Refuse the push' },
];

const REFUSALS = {
  always: '',
  template: ' A push creates a repository only if a template matches.',
  never: ' A push can’t create repositories.',
};

const MOUNTING = [
  { value: 'enabled', text: 'Enabled' },
  { value: 'disabled', text: 'Disabled' },
];

export function RegistryCard({ registry, isFirst, isOnly, canChange, makeDefault, ...actions }: RegistryCardProps) {
  const { displayName, primaryAlias, registryId, role, pushVisibility, pushCreation, mountsBlobs } = registry;
  return (
    <li className="rounded-lg border border-line p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
            <a className="break-words hover:underline" dir="auto" href={consoleLink({ registry: registryId })}>
              {displayName || primaryAlias}
            </a>
            {isFirst && !isOnly && <Chip tone="accent">Default</Chip>}
          </h2>
          <p className="text-sm break-words text-muted">
            <span className="font-mono">{primaryAlias}</span> · <span className="font-mono">{registryId}</span> · your
            role is {role}
          </p>
        </div>
        {!isFirst && <ButtonForm about={primaryAlias} action={makeDefault} button="Make default" />}
      </div>
      <div className="mt-4 flex flex-col gap-4">
        {canChange ? (
          <>
            <ActionForm action={actions.saveSettings} button="Save" isSmall successNotice="Saved." tone="plain">
              <SelectField
                choices={VISIBILITIES}
                className="max-w-40"
                defaultValue={pushVisibility}
                hint="Existing repositories keep their visibility"
                label="Visibility of repositories created by a push"
                name="pushVisibility"
              />
              <SelectField
                choices={CREATION}
                className="max-w-72"
                defaultValue={pushCreation}
                hint={
                  <>
                    <a className="link" href={templatesLink({ registry: registryId })}>
                      Templates
                    </a>{' '}
                    give new repositories settings
                  </>
                }
                label="A push to a missing repository"
                name="pushCreation"
              />
            </ActionForm>
            <ActionForm
              action={actions.saveBlobMounting}
              button="Save blob mounting"
              isSmall
              successNotice="Saved."
              tone="plain"
            >
              <SelectField
                choices={MOUNTING}
                className="max-w-40"
                defaultValue={mountsBlobs ? 'enabled' : 'disabled'}
                hint="A push links layers that are already here, instead of uploading them again"
                label="Blob mounting"
                name="mountsBlobs"
              />
            </ActionForm>
          </>
        ) : (
          <p className="text-sm text-muted">
            Repositories created by a push are {pushVisibility}. Blob mounting is {mountsBlobs ? 'enabled' : 'disabled'}
            .{REFUSALS[pushCreation]}
          </p>
        )}
      </div>
    </li>
  );
}
