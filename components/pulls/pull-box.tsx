import type { Kind } from '#lib/search/schema.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { CLIENT_LABELS, clientsOf, pullCommand, type PullTarget } from './pull-commands.ts';
import { RememberedChoice } from './remembered-choice.tsx';
import { SNIPPET_LABELS, snippetsOf, usageSnippet } from './usage-snippets.ts';

export const CLIENT_COOKIE = 'pull-client';

type PullBoxProps = {
  kind: Kind;
  /** `HOST/ALIAS/NAME` */
  address: string;
  isPlainHttp: boolean;
  /** Null for an untagged image. */
  tag: string | null;
  digest: string;
  /** From a cookie, so it may be anything. */
  client: string | undefined;
};

/** Radio inputs and CSS (pull-box.css). JavaScript only adds copying and remembering. */
export function PullBox({ kind, address, isPlainHttp, tag, digest, client }: PullBoxProps) {
  const [clients, snippets] = [clientsOf(kind), snippetsOf(kind)];
  const chosen = [...clients, ...snippets].find((name) => name === client) ?? clients[0];
  const references = [...(tag === null ? [] : [{ tag, digest }]), { digest }];
  return (
    <section aria-label="Pull" className="pull-box rounded-lg border border-line bg-surface">
      <div className="flex flex-col gap-x-4 gap-y-1 border-b border-line px-2 py-1.5 sm:flex-row sm:items-start sm:justify-between">
        <RememberedChoice className="pull-choice" cookie={CLIENT_COOKIE} input="client">
          <legend className="sr-only">Client or configuration</legend>
          {clients.map((name) => (
            <Choice isDefault={name === chosen} key={name} label={CLIENT_LABELS[name]} name="client" value={name} />
          ))}
          {snippets.length > 0 && <span aria-hidden className="pull-break" />}
          {snippets.map((name) => (
            <Choice isDefault={name === chosen} key={name} label={SNIPPET_LABELS[name]} name="client" value={name} />
          ))}
        </RememberedChoice>
        <fieldset className="pull-choice shrink-0">
          <legend className="sr-only">Reference</legend>
          {tag !== null && <Choice isDefault label="Tag" name="reference" value="tag" />}
          <Choice isDefault={tag === null} label="Digest" name="reference" value="digest" />
        </fieldset>
      </div>
      {clients.flatMap((name) =>
        references.map((reference) => (
          <Code
            client={name}
            code={pullCommand(name, { address, reference, isPlainHttp })}
            key={`${name} ${kindOf(reference)}`}
            label="Copy pull command"
            reference={kindOf(reference)}
          />
        )),
      )}
      {snippets.flatMap((name) =>
        references.map((reference) => (
          <Code
            client={name}
            code={usageSnippet(name, { address, reference, isPlainHttp })}
            key={`${name} ${kindOf(reference)}`}
            label={`Copy ${SNIPPET_LABELS[name]} snippet`}
            reference={kindOf(reference)}
          />
        )),
      )}
    </section>
  );
}

function Choice({ name, value, label, isDefault }: { name: string; value: string; label: string; isDefault: boolean }) {
  return (
    <label>
      <input className="sr-only" defaultChecked={isDefault} name={name} type="radio" value={value} />
      {label}
    </label>
  );
}

function kindOf(reference: PullTarget['reference']): 'tag' | 'digest' {
  return 'tag' in reference ? 'tag' : 'digest';
}

type CodeProps = { client: string; reference: 'tag' | 'digest'; code: string; label: string };

function Code({ client, reference, code, label }: CodeProps) {
  return (
    <div className="flex items-start gap-2 py-1.5 pr-1.5 pl-3" data-client={client} data-reference={reference}>
      <code className="min-w-0 flex-1 py-1 font-mono text-sm wrap-anywhere whitespace-pre-wrap">{code}</code>
      <CopyButton label={label} text={code} />
    </div>
  );
}
