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
          {alias.primary && <Chip tone="accent">Shown</Chip>}
          {alias.default && <Chip title="Made with the registry; permanent">Default</Chip>}
          {canManage && (
            <span className="ml-auto flex items-start gap-2">
              {!alias.primary && (
                <form action={makePrimary}>
                  <input name="name" type="hidden" value={alias.name} />
                  <SubmitButton isSmall tone="plain">
                    Show this one
                  </SubmitButton>
                </form>
              )}
              {!alias.default && (
                <details>
                  <summary className="button button-small w-fit">Give up …</summary>
                  <form action={release} className="mt-2 flex max-w-72 flex-col gap-2 text-sm">
                    <p>Pulls and pages by this name stop, and nobody can ever have it again.</p>
                    <input name="name" type="hidden" value={alias.name} />
                    <SubmitButton isSmall tone="danger">
                      {`Give ${alias.name} up for good`}
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
