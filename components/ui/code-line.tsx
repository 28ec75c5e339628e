import { CopyButton } from './copy-button.tsx';

/** One line to run, with its copy button. */
export function CodeLine({ code, label }: { code: string; label: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-surface py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-sm wrap-anywhere whitespace-pre-wrap">{code}</code>
      <CopyButton label={label} text={code} />
    </div>
  );
}
