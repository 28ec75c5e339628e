// Parts shared by image pages and tabs: build steps and config.
import { BuildSteps, type LayerRow } from '#components/explorer/build-history.tsx';
import { JsonView } from '#components/explorer/json-view.tsx';
import { TextTable } from '#components/explorer/text-table.tsx';
import { Section } from '#components/explorer/section.tsx';
import type { BuildHistory as History } from '#lib/oci/build-history.ts';
import type { ImageConfig } from '#lib/oci/image-config.ts';
import type { LoadedConfig } from './load-image.ts';

export function LayersPart({ history, config }: { history: History<LayerRow>; config: LoadedConfig | null }) {
  if (history.steps.length === 0) return <p className="text-muted">This image has no layers.</p>;
  return (
    <>
      {config?.problem && <p className="mb-2 text-muted">{config.problem} The history is unavailable.</p>}
      <BuildSteps history={history} />
    </>
  );
}

export function ConfigPart({ config }: { config: LoadedConfig }) {
  return (
    <Section id="config" title="Config">
      {config.problem !== null && <p className="text-muted">{config.problem}</p>}
      {config.text !== null && <JsonView label="Config document" named={new Map()} text={config.text} />}
      {config.image && <ImageConfigTables config={config.image} />}
    </Section>
  );
}

function ImageConfigTables({ config }: { config: ImageConfig }) {
  const run = config.config;
  const rows: [string, string | null | undefined][] = [
    ['Platform', [config.os, config.architecture, config.variant].filter(Boolean).join('/')],
    ['Created', config.created],
    ['Author', config.author],
    ['Entrypoint', run?.Entrypoint && JSON.stringify(run.Entrypoint)],
    ['Command', run?.Cmd && JSON.stringify(run.Cmd)],
    ['User', run?.User],
    ['Working directory', run?.WorkingDir],
    ['Exposed ports', run?.ExposedPorts.join('\n')],
    ['Volumes', run?.Volumes.join('\n')],
    ['Stop signal', run?.StopSignal],
  ];
  const given = rows.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
  const labels = Object.entries(run?.Labels ?? {});
  return (
    <div className="flex flex-col gap-4">
      {given.length > 0 && <TextTable head={['Setting', 'Value']} label="Runtime settings" rows={given} />}
      {run?.Env && run.Env.length > 0 && (
        <div>
          <h4 className="mb-1 font-semibold">Environment</h4>
          <TextTable head={['Variable', 'Value']} label="Environment" rows={run.Env.map(splitVariable)} />
        </div>
      )}
      {labels.length > 0 && (
        <div>
          <h4 className="mb-1 font-semibold">Labels</h4>
          <TextTable head={['Label', 'Value']} label="Labels" rows={labels} />
        </div>
      )}
      {given.length + labels.length + (run?.Env?.length ?? 0) === 0 && (
        <p className="text-muted">This config sets nothing.</p>
      )}
    </div>
  );
}

function splitVariable(variable: string): [string, string] {
  const sign = variable.indexOf('=');
  return sign < 0 ? [variable, ''] : [variable.slice(0, sign), variable.slice(sign + 1)];
}
