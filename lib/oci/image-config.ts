// https://github.com/opencontainers/image-spec/blob/main/config.md
// Parsing is lenient because configs are untrusted: one malformed field must not hide the others.
import { z } from 'zod';
import { hasMoreValues, listOf, stringMap } from './json-limits.ts';

/** Far above any real config: images have at most 127 layers. */
const MAX_VALUES = 20_000;

const text = z.string().nullish().catch(null);
const texts = listOf(z.string()).nullish().catch(null);
const labels = stringMap.nullish().catch(null);
// Go serialises a set as `{"8080/tcp": {}}`.
const names = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((set) => Object.keys(set ?? {}));

const historySchema = z.object({
  created: text,
  created_by: text,
  comment: text,
  empty_layer: z.boolean().nullish().catch(null),
});

const configSchema = z.object({
  architecture: text,
  os: text,
  variant: text,
  created: text,
  author: text,
  config: z
    .object({
      User: text,
      WorkingDir: text,
      Env: texts,
      Entrypoint: texts,
      Cmd: texts,
      StopSignal: text,
      Labels: labels,
      ExposedPorts: names,
      Volumes: names,
    })
    .nullish()
    .catch(null),
  history: z
    .array(historySchema.catch({ created: null, created_by: null, comment: null, empty_layer: null }))
    .nullish()
    .catch(null),
});

export type ImageConfig = z.output<typeof configSchema>;
export type HistoryEntry = z.output<typeof historySchema>;

/** Whether the config has too many values to parse on the event loop. */
export function configHasTooManyValues(bytes: Uint8Array): boolean {
  return hasMoreValues(bytes, MAX_VALUES);
}

/** Parses a config. Returns null if it isn't a JSON object or has too many values. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig | null {
  if (configHasTooManyValues(bytes)) return null;
  try {
    return configSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}
