// https://github.com/opencontainers/image-spec/blob/main/config.md, read as far as it is well-formed: anybody may have
// written it, and one broken field must not hide the others.
import { z } from 'zod';
import { hasMoreValues, listOf, textMap } from './json-limits.ts';

/** The largest images have 127 layers. */
const MAX_VALUES = 20_000;

const text = z.string().nullish().catch(null);
const texts = listOf(z.string()).nullish().catch(null);
const labels = textMap.nullish().catch(null);
// Sets, as Go writes them: `{"8080/tcp": {}}`.
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

/** Has it too many values to be looked at? */
export function isTooDenseConfig(bytes: Uint8Array): boolean {
  return hasMoreValues(bytes, MAX_VALUES);
}

/** Null for what is not a JSON object, or has too many values to be looked at. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig | null {
  if (isTooDenseConfig(bytes)) return null;
  try {
    return configSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}
