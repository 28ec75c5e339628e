'use client';

import { useRef } from 'react';
import { Kbd } from '../ui/kbd.tsx';

const KEYS = [
  { key: 'j', text: 'Next request' },
  { key: 'k', text: 'Previous request' },
  { key: 'Enter', text: 'Open request' },
  { key: 'u', text: 'Back to the queue' },
  { key: 'c', text: 'Claim request' },
  { key: 'a', text: 'Approve' },
  { key: 'r', text: 'Ask for information' },
  { key: 'x', text: 'Decline' },
  { key: 'n', text: 'Write a note' },
  { key: 'Ctrl+Enter', text: 'Submit the current form' },
  { key: 'Esc', text: 'Leave the current field' },
  { key: '?', text: 'Show this list' },
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
        Keyboard shortcuts <Kbd>?</Kbd>
      </button>
      <dialog
        aria-labelledby="keys-title"
        className="m-auto w-full max-w-sm rounded-lg border border-line bg-canvas p-5 text-ink backdrop:bg-black/50"
        ref={dialog}
      >
        <h2 className="mb-3 text-lg font-semibold" id="keys-title">
          Keyboard shortcuts
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
