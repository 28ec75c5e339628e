import type { Metadata } from 'next';
import { ActionForm } from '#components/forms/action-form.tsx';
import { FOLLOWING } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { readSignedId } from '#lib/following/signed-id.ts';
import { SitePage } from '../../../_lib/frames/site-page.tsx';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { stopDigest } from '../actions.ts';

export const metadata: Metadata = { title: 'Stop emails', robots: { index: false } };

export default async function UnsubscribePage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const token = textParam(await searchParams, 'token');
  const isValid = readSignedId(getApp().authKeys.unsubscribe, token) !== null;
  return (
    <SitePage isNarrow>
      <h1 className="mt-6 mb-4 text-xl font-semibold">Stop emails</h1>
      {isValid ? (
        <>
          <p className="mb-4">
            You get emails with updates to what you follow. You can turn them on again in the console.
          </p>
          <ActionForm
            action={stopDigest}
            button="Stop emails"
            isOneShot
            successNotice="You won’t get these emails any more."
          >
            <input name="token" type="hidden" value={token} />
          </ActionForm>
        </>
      ) : (
        <Notice tone="error">This link isn’t valid. Copy the whole link from the email.</Notice>
      )}
      <p className="mt-6">
        <a className="link" href={FOLLOWING}>
          What you follow
        </a>
      </p>
    </SitePage>
  );
}
