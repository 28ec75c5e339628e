'use client';

import { useEffect, useRef, useState } from 'react';
import { Markdown } from '../catalog/markdown.tsx';
import { FieldFrame } from '../forms/field-frame.tsx';

const PREVIEW_DELAY_MS = 400;
/** Copied from lib/repositories/schema.ts, which would bring zod into the browser. */
const MAX_LENGTH = 25_600;

type MarkdownFieldProps = {
  label: string;
  name: string;
  initialText: string;
  initialHtml: string;
  /** Renders and sanitises on the server, exactly as for the page. */
  preview: (text: string) => Promise<string>;
};

/** A Markdown field with a preview. Without JavaScript it is a plain text area. */
export function MarkdownField({ label, name, initialText, initialHtml, preview }: MarkdownFieldProps) {
  const [text, setText] = useState(initialText);
  const field = useRef<HTMLTextAreaElement>(null);
  // The text may have been edited before this script ran.
  useEffect(() => setText((known) => field.current?.value ?? known), []);
  const html = usePreview(text, preview, initialHtml);
  const hint = `GitHub-flavored Markdown, ${text.length.toLocaleString('en')} of ${MAX_LENGTH.toLocaleString('en')} characters`;
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <FieldFrame hint={hint} label={label} name={name}>
        {(control) => (
          <textarea
            {...control}
            className="control min-h-64 flex-1 font-mono text-sm"
            maxLength={MAX_LENGTH}
            onChange={(event) => setText(event.target.value)}
            ref={field}
            value={text}
          />
        )}
      </FieldFrame>
      <section aria-label={`Preview of ${label}`} className="needs-script flex min-w-0 flex-col gap-1">
        <p className="font-medium text-muted">Preview</p>
        <div className="min-h-24 flex-1 overflow-hidden rounded-md border border-line px-4 py-3">
          {html ? (
            <Markdown html={html} />
          ) : (
            <p className="text-muted">{text.trim() ? 'Rendering …' : 'The preview appears here.'}</p>
          )}
        </div>
      </section>
    </div>
  );
}

/** Keeps the last preview until the next one arrives. */
function usePreview(text: string, preview: (text: string) => Promise<string>, initialHtml: string): string {
  const [html, setHtml] = useState(initialHtml);
  const renderedText = useRef(text);
  useEffect(() => {
    if (text === renderedText.current) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      preview(text).then(
        (result) => {
          if (!isCurrent) return;
          renderedText.current = text;
          setHtml(result);
        },
        // Signed out or offline. Saving reports it.
        () => undefined,
      );
    }, PREVIEW_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text, preview]);
  return html;
}
