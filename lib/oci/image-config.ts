// https://github.com/opencontainers/image-spec/blob/main/config.md, read as far as it is well-formed: anybody may have
// written it, and one broken field must not hide the others.
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);
const labels = z.record(z.string(), z.string()).nullish().catch(null);
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

/** Null for what is not a JSON object. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig | null {
  try {
    return configSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    return null;
  }
}
