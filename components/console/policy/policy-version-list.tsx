import type { PolicyVersionView } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { ButtonForm, ConfirmedButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { Chip } from '../../ui/chip.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';

type PolicyVersionListProps = {
  versions: readonly PolicyVersionView[];
  /** Where the editor starts with a version. */
  linkTo: (version: number) => string;
  makeDefault: (version: number) => FormAction;
  remove: (version: number) => FormAction;
};

export function PolicyVersionList({ versions, linkTo, makeDefault, remove }: PolicyVersionListProps) {
  return (
    <ol className="divide-y divide-line rounded-lg border border-line">
      {versions.map(({ version, isDefault, savedBy, createdAt }) => (
        <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2" key={version}>
          <span className="flex min-w-0 flex-1 basis-52 flex-wrap items-center gap-2">
            <a className="link font-mono font-semibold" href={linkTo(version)}>
              v{version}
            </a>
            {isDefault && <Chip tone="accent">Default</Chip>}
            <span className="min-w-0 text-sm wrap-anywhere text-muted">
              {savedBy !== null && `Saved by ${savedBy} `}
              {createdAt && <TimeAgo date={createdAt} />}
            </span>
          </span>
          {!isDefault && (
            <span className="flex flex-wrap items-start gap-2">
              <ButtonForm about={`v${version}`} action={makeDefault(version)} button="Make default" />
              <ConfirmedButtonForm
                about={`v${version}`}
                action={remove(version)}
                button="Delete version"
                summary="Delete"
              />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
