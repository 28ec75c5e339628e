// What an audit row says changed: `digest: sha256:0a1b2c… → sha256:9f8e7d…`.

const MAX_SHOWN = 3;
const MAX_TEXT_LENGTH = 60;
const DIGEST = /^(sha\d{3}):([0-9a-f]{12})[0-9a-f]+$/;

type AuditChangeProps = { before: unknown; after: unknown };

export function AuditChange({ before, after }: AuditChangeProps) {
  const changes = listChanges(before, after);
  if (changes.length === 0) return null;
  const lines = changes.slice(0, MAX_SHOWN);
  const isShortened = changes.length > MAX_SHOWN || lines.some(({ from, to }) => isShort(from) || isShort(to));
  return (
    <div className="min-w-0 font-mono text-xs">
      <ul>
        {lines.map(({ name, from, to }) => (
          <li className="break-words" key={name}>
            <span className="text-muted">{name}: </span>
            {from !== null && <Value text={from} />}
            {from !== null && to !== null && <span className="text-muted"> → </span>}
            {to !== null && <Value text={to} />}
          </li>
        ))}
      </ul>
      {isShortened && (
        <details>
          <summary className="w-fit py-1 text-accent">Show all</summary>
          <pre className="max-h-80 overflow-auto break-words whitespace-pre-wrap" tabIndex={0}>
            {JSON.stringify({ before, after }, null, 2)}
          </pre>
        </details>
      )}
    </div>
  );
}

function Value({ text }: { text: string }) {
  return <span title={text}>{shorten(text)}</span>;
}

export type Change = { name: string; from: string | null; to: string | null };

/** Skips equal values. */
export function listChanges(before: unknown, after: unknown): Change[] {
  const [from, to] = [toFields(before), toFields(after)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((name) => ({ name, from: from.get(name) ?? null, to: to.get(name) ?? null }))
    .filter((change) => change.from !== change.to);
}

export function shorten(text: string): string {
  const [, algorithm, hex] = DIGEST.exec(text) ?? [];
  if (hex) return `${algorithm}:${hex}…`;
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}

function isShort(text: string | null): boolean {
  return text !== null && shorten(text) !== text;
}

function toFields(value: unknown): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== '')
      .map(([name, field]) => [name, typeof field === 'string' ? field : JSON.stringify(field)]),
  );
}
