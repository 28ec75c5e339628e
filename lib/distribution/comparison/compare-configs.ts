import type { ImageConfig } from '#lib/oci/image-config.ts';

/** A setting whose values differ. Null if unset. */
export type Difference = { name: string; from: string | null; to: string | null };

export type ConfigDifferences = {
  settings: Difference[];
  environment: Difference[];
  labels: Difference[];
};

/** Compares two configs. `null` means an empty config. */
export function compareConfigs(from: ImageConfig | null, to: ImageConfig | null): ConfigDifferences {
  return {
    settings: compareMaps(settingsOf(from), settingsOf(to)),
    environment: compareMaps(environmentOf(from), environmentOf(to)),
    labels: compareMaps(labelsOf(from), labelsOf(to)),
  };
}

/** Lists names in the order of `from`, then those that only `to` has. */
export function compareMaps(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): Difference[] {
  const names = [...from.keys(), ...[...to.keys()].filter((name) => !from.has(name))];
  return names.flatMap((name) => {
    const difference = { name, from: from.get(name) ?? null, to: to.get(name) ?? null };
    return difference.from === difference.to ? [] : [difference];
  });
}

function settingsOf(config: ImageConfig | null): Map<string, string> {
  const run = config?.config;
  const settings: [string, string | null | undefined][] = [
    ['Entrypoint', run?.Entrypoint && JSON.stringify(run.Entrypoint)],
    ['Command', run?.Cmd && JSON.stringify(run.Cmd)],
    ['User', run?.User],
    ['Working directory', run?.WorkingDir],
    ['Exposed ports', run && [...run.ExposedPorts].sort().join('\n')],
    ['Volumes', run && [...run.Volumes].sort().join('\n')],
    ['Stop signal', run?.StopSignal],
    ['Author', config?.author],
  ];
  return new Map(settings.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : [])));
}

/** If a variable is set twice, the last value wins, as in a container. */
function environmentOf(config: ImageConfig | null): Map<string, string> {
  return new Map(
    (config?.config?.Env ?? []).map((variable): [string, string] => {
      const sign = variable.indexOf('=');
      return sign < 0 ? [variable, ''] : [variable.slice(0, sign), variable.slice(sign + 1)];
    }),
  );
}

function labelsOf(config: ImageConfig | null): Map<string, string> {
  return new Map(Object.entries(config?.config?.Labels ?? {}));
}
