'use client';

import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Notice } from '../ui/notice.tsx';

type CheckFormProps = {
  action: FormAction<MirrorCheck>;
  about: string;
  upstreamHost: string;
  what?: 'mirror' | 'rule';
};

/** Asks the upstream, and shows its answer. */
export function CheckForm({ action, about, upstreamHost, what = 'mirror' }: CheckFormProps) {
  return (
    <ActionForm
      action={action}
      button={
        <>
          Check now<span className="sr-only"> {about}</span>
        </>
      }
      className="max-w-80 gap-2"
      isSmall
      renderSuccess={({ problem }) =>
        problem === null ? (
          <Notice tone="success">
            {upstreamHost} responds. The {what} works.
          </Notice>
        ) : (
          <Notice tone="warning">{problem}</Notice>
        )
      }
      tone="plain"
    />
  );
}
