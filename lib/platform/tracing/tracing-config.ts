// Settings of OpenTelemetry. Their names are OpenTelemetry's own, where it has one.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
import { z } from 'zod';
import { networks } from '#lib/platform/config/config-values.ts';
import type { ValuesOf, VariableRow } from '#lib/platform/config/variables.ts';

const SHARE = 'must be from 0 (none) to 1 (all)';
const HEADERS = 'must look like name=value,other=value';

const headers = z
  .string()
  .default('')
  .transform((text, context) => {
    const pairs = text.split(',').filter((pair) => pair.trim() !== '');
    const entries = pairs.map((pair) => /^\s*([\w-]+)\s*=\s*([^\r\n]*?)\s*$/.exec(pair));
    if (entries.every((entry) => entry !== null))
      return Object.fromEntries(entries.map(([, name = '', value = '']) => [name, value]));
    context.addIssue({ code: 'custom', message: HEADERS });
    return z.NEVER;
  });

export const TRACING_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional(),
    doc: 'OTLP/HTTP receiver of traces, such as http://localhost:4318',
    fallback: 'no traces',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    doc: 'Headers for the receiver: name=value, separated by commas',
    fallback: 'none',
    isSecret: true,
  },
  OTEL_SERVICE_NAME: {
    schema: z.string().min(1).default('vitrine'),
    doc: 'Name of the service in traces',
    fallback: 'vitrine',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number({ error: 'must be a number from 0 to 1' }).min(0, SHARE).max(1, SHARE).default(1),
    doc: 'Share of requests and jobs to trace, from 0 to 1',
    fallback: '1',
  },
  TRACE_NETWORKS: {
    schema: networks(''),
    doc: 'Comma-separated networks of clients whose traces (traceparent) are continued',
    fallback: 'none',
  },
} as const satisfies Record<string, VariableRow>;

export type TracingSettings = {
  endpoint: string;
  headers: Record<string, string>;
  serviceName: string;
  share: number;
  trustedNetworks: string[];
};

/** Null `tracing`: off. */
export type TracingConfig = { tracing: TracingSettings | null };

type Values = ValuesOf<typeof TRACING_VARIABLES>;

export function readTracingConfig(values: Values): TracingConfig {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return { tracing: null };
  return {
    tracing: {
      endpoint: endpoint.replace(/\/+$/, ''),
      headers: values.OTEL_EXPORTER_OTLP_HEADERS,
      serviceName: values.OTEL_SERVICE_NAME,
      share: values.OTEL_TRACES_SAMPLER_ARG,
      trustedNetworks: values.TRACE_NETWORKS,
    },
  };
}
