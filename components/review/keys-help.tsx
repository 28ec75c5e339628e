'use client';

import { useRef } from 'react';
import { Kbd } from '../ui/kbd.tsx';

const KEYS = [
  { key: 'j', text: 'The next request' },
  { key: 'k', text: 'The one before' },
  { key: 'Enter', text: 'Open it' },
  { key: 'u', text: 'Back to the queue' },
  { key: 'c', text: 'Claim it' },
  { key: 'a', text: 'Approve' },
  { key: 'r', text: 'Ask for information' },
  { key: 'x', text: 'Decline' },
  { key: 'n', text: 'Write a note' },
  { key: 'Ctrl+Enter', text: 'Send the form you are in' },
  { key: 'Esc', text: 'Leave the field you are in' },
  { key: '?', text: 'This list' },
];

export function KeysHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        aria-keyshortcuts="?"
        className="button button-small needs-script"
        data-key="?"
        onClick={() => dialog.current?.showModal()}
        type="button"
      >
        Keys <Kbd>?</Kbd>
      </button>
      <dialog
        aria-labelledby="keys-title"
        className="m-auto w-full max-w-sm rounded-lg border border-line bg-canvas p-5 text-ink backdrop:bg-black/50"
        ref={dialog}
      >
        <h2 className="mb-3 text-lg font-semibold" id="keys-title">
          Keys
        </h2>
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1.5">
          {KEYS.map(({ key, text }) => (
            <div className="contents" key={key}>
              <dt>
                <kbd className="rounded border border-line-control px-1.5 font-mono text-sm">{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <form className="mt-5" method="dialog">
          <button className="button button-small">Close</button>
        </form>
      </dialog>
    </>
  );
}
