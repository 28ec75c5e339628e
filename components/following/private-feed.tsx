import { ButtonForm, ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { CodeLine } from '../ui/code-line.tsx';

type PrivateFeedProps = { url: string | null; create: FormAction; revoke: FormAction };

/** The Atom feed of a user's updates. Its URL is its only credential. */
export function PrivateFeed({ url, create, revoke }: PrivateFeedProps) {
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold">Atom feed</h2>
      {url === null ? (
        <>
          <p className="text-sm text-muted">Read these updates in a feed reader.</p>
          <ButtonForm action={create} button="Create feed URL" />
        </>
      ) : (
        <>
          <p className="text-sm text-muted">Anyone with this URL can see what you follow.</p>
          <CodeLine code={url} label="Copy feed URL" />
          <ConfirmedButtonForm action={revoke} button="Revoke URL" summary="Revoke" />
        </>
      )}
    </section>
  );
}
