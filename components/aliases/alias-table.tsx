import type { AliasView } from '#lib/repositories/queries.ts';
import { Chip } from '../ui/chip.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';

type AliasTableProps = {
  aliases: AliasView[];
  canManage: boolean;
  makePrimary: (form: FormData) => Promise<void>;
  release: (form: FormData) => Promise<void>;
};

export function AliasTable({ aliases, canManage, makePrimary, release }: AliasTableProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line">
      {aliases.map((alias) => (
        <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2" key={alias.name}>
          <span className="font-mono font-semibold">{alias.name}</span>
          {alias.primary && <Chip tone="accent">Primary</Chip>}
          {alias.default && <Chip title="Created with the registry and permanent">Default</Chip>}
          {canManage && (
            <span className="ml-auto flex items-start gap-2">
              {!alias.primary && (
                <form action={makePrimary}>
                  <input name="name" type="hidden" value={alias.name} />
                  <SubmitButton isSmall tone="plain">
                    Make primary
                  </SubmitButton>
                </form>
              )}
              {!alias.default && (
                <details>
                  <summary className="button button-small w-fit">Release …</summary>
                  <form action={release} className="mt-2 flex max-w-72 flex-col gap-2 text-sm">
                    <p>Pulls and URLs with this name stop working, and nobody can ever use it again.</p>
                    <input name="name" type="hidden" value={alias.name} />
                    <SubmitButton isSmall tone="danger">
                      {`Release ${alias.name} permanently`}
                    </SubmitButton>
                  </form>
                </details>
              )}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
