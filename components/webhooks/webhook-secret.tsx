import { CodeLine } from '../ui/code-line.tsx';
import { Notice } from '../ui/notice.tsx';

export type NewSecret = { name: string; secret: string };

/** Shows a secret right after it was made. */
export function WebhookSecret({ name, secret }: NewSecret) {
  return (
    <div className="mb-2 flex flex-col gap-3">
      <Notice tone="success">
        <p className="font-medium">
          Secret of {name}. Copy it now, because it won’t be shown again. Receivers check signatures with it.
        </p>
      </Notice>
      <CodeLine code={secret} label="Copy secret" />
    </div>
  );
}
