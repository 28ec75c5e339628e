'use client';

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { use, useState, useTransition } from 'react';
import { ActionContext } from '../forms/action-state.tsx';

export type PasskeyOptions = PublicKeyCredentialRequestOptionsJSON;
export type NewPasskeyOptions = PublicKeyCredentialCreationOptionsJSON;

/** One prompt of the browser. */
export type PasskeyPrompt =
  | { kind: 'use'; getOptions: () => Promise<PasskeyOptions> }
  | { kind: 'create'; getOptions: () => Promise<NewPasskeyOptions> };

type UsePasskey = {
  /** What went wrong in the browser, or an empty string. */
  problem: string;
  isBusy: boolean;
  /** Shows the prompt, then sends its answer as `response` together with `fields` to the surrounding action. */
  start: (fields: FormData) => void;
};

/** Loads the WebAuthn code only when it is used, so that pages don't carry it. */
export function usePasskey(prompt: PasskeyPrompt): UsePasskey {
  const { send } = use(ActionContext);
  const [problem, setProblem] = useState('');
  const [isBusy, startTransition] = useTransition();
  const start = (fields: FormData) =>
    startTransition(async () => {
      setProblem('');
      try {
        const answer = await showPrompt(prompt);
        fields.set('response', JSON.stringify(answer));
      } catch (error) {
        startTransition(() => setProblem(describe(error, prompt.kind)));
        return;
      }
      startTransition(() => send?.(fields));
    });
  return { problem, isBusy, start };
}

async function showPrompt(prompt: PasskeyPrompt): Promise<unknown> {
  const webauthn = await import('@simplewebauthn/browser');
  if (!webauthn.browserSupportsWebAuthn()) throw new TypeError('no WebAuthn');
  return prompt.kind === 'use'
    ? webauthn.startAuthentication({ optionsJSON: await prompt.getOptions() })
    : webauthn.startRegistration({ optionsJSON: await prompt.getOptions() });
}

function describe(error: unknown, kind: PasskeyPrompt['kind']): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') return 'The prompt was closed or timed out. Try again.';
  if (name === 'InvalidStateError' && kind === 'create') return 'This device already has a passkey for your account.';
  if (name === 'TypeError') return "This browser doesn't support passkeys.";
  return "The browser couldn't use a passkey here. Try again, or use another way to sign in.";
}
