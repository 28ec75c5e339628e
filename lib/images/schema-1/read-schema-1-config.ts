import { z } from 'zod';
import { parseImageConfig, type ImageConfig } from '#lib/oci/image-config.ts';
import { hasTooManyValues } from '#lib/oci/manifest.ts';

/** As lenient as image configs are read. */
const entrySchema = z.object({
  created: z.string().nullish().catch(null),
  comment: z.string().nullish().catch(null),
  throwaway: z.boolean().nullish().catch(null),
  container_config: z
    .object({ Cmd: z.array(z.string()).nullish() })
    .nullish()
    .catch(null),
});
const manifestSchema = z.object({ history: z.array(z.object({ v1Compatibility: z.string() })).min(1) });

/** Describes the image of a schema 1 manifest as an image config does. Null if it can't be read. */
export function readSchema1Config(bytes: Uint8Array): ImageConfig | null {
  if (hasTooManyValues(bytes)) return null;
  const { history } = manifestSchema.safeParse(parse(Buffer.from(bytes).toString())).data ?? {};
  const [top] = history ?? [];
  const config = top && parseImageConfig(Buffer.from(top.v1Compatibility));
  if (!history || !config) return null;
  const steps = history.map(({ v1Compatibility }) => {
    const { created, comment, throwaway, container_config } = entrySchema.safeParse(parse(v1Compatibility)).data ?? {};
    return { created, comment, created_by: container_config?.Cmd?.join(' '), empty_layer: throwaway };
  });
  // Schema 1 lists the newest first.
  return { ...config, os: config.os ?? 'linux', history: steps.reverse() };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
