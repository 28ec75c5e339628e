'use client';

import { useId, useRef } from 'react';
import { TextAreaField } from '../forms/text-area-field.tsx';

export type SavedReply = { id: string; title: string; body: string };

type MessageFieldProps = {
  label: string;
  name: string;
  hint: string;
  errorKeys: string[];
  replies: SavedReply[];
};

/**
 * A message to the requester that may start from a saved reply. Without JavaScript, an empty message
 * becomes the chosen reply.
 */
export function MessageField({ replies, name, ...field }: MessageFieldProps) {
  const selectId = useId();
  const frame = useRef<HTMLDivElement>(null);

  function insert(select: HTMLSelectElement) {
    const reply = replies.find(({ id }) => id === select.value);
    const area = frame.current?.querySelector('textarea');
    if (!reply || !area) return;
    area.value = area.value.trim() === '' ? reply.body : `${area.value.trimEnd()}\n\n${reply.body}`;
    select.value = '';
    area.focus();
  }

  return (
    <div className="flex flex-col gap-2" ref={frame}>
      <TextAreaField {...field} maxLength={4000} name={name} rows={3} />
      {replies.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <label htmlFor={selectId}>Saved reply</label>
          <select
            className="control max-w-64"
            id={selectId}
            name="reply"
            onChange={(event) => insert(event.currentTarget)}
          >
            <option value="">Insert …</option>
            {replies.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}
