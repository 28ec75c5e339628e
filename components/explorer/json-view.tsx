import { toJsonLines, type JsonLine, type NamedByDigest } from './json-lines.ts';

const MAX_RAW_LENGTH = 19_000;

/** A JSON document with its digests as links. */
export function JsonView({ label, text, named }: { label: string; text: string; named: NamedByDigest }) {
  const read = toJsonLines(text, named);
  return (
    <>
      <pre
        aria-label={label}
        className="max-h-[36rem] overflow-auto rounded-lg border border-line bg-surface px-3 py-2 font-mono text-xs leading-5"
        role="region"
        tabIndex={0}
      >
        {read ? read.lines.map((line, i) => <Line key={i} line={line} />) : text.slice(0, MAX_RAW_LENGTH)}
      </pre>
      {(read ? read.isCut : text.length >= MAX_RAW_LENGTH) && (
        <p className="mt-1 text-sm text-muted">Only the beginning of the document is shown.</p>
      )}
    </>
  );
}

function Line({ line: { depth, key, value, kind, tail, href, note } }: { line: JsonLine }) {
  return (
    <>
      {'  '.repeat(depth)}
      <span className="text-muted">{key}</span>
      {href === null ? (
        <span className={kind === 'string' ? 'text-ink' : 'text-accent'}>{value}</span>
      ) : (
        <a className="link" href={href}>
          {value}
        </a>
      )}
      {tail}
      {note !== null && <span className="text-muted italic">{`  ← ${note}`}</span>}
      {'\n'}
    </>
  );
}
