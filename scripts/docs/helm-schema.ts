// The settings in the schema of the Helm chart's values.
import { VARIABLES } from '#lib/config.ts';
import type { VariableRow } from '#lib/platform/config/variables.ts';

/** The chart decides these from its other values. */
const OF_THE_CHART = ['PUBLIC_URL', 'PORT', 'HOST', 'DATA_DIR', 'ROLE', 'MIGRATE'];

/** An integer is rendered as it is written. Other numbers and booleans would change on the way through YAML. */
const VALUE_TYPES = ['string', 'integer'];

type Property = { description: string; type: string | string[]; minLength?: number };
type ValuesSchema = { properties: Record<'settings' | 'secretSettings', { properties: Record<string, Property> }> };

/** Lists every setting in `settings` or `secretSettings` of a values.schema.json. */
export function fillHelmSchema(text: string): string {
  const schema = JSON.parse(text) as ValuesSchema;
  const rows = Object.entries<VariableRow>(VARIABLES).filter(([name]) => !OF_THE_CHART.includes(name));
  const open = rows.map(([name, { doc, isSecret }]): [string, Property] =>
    isSecret
      ? [`${name}_FILE`, { description: `File with the value. ${doc}`, type: 'string' }]
      : [name, { description: doc, type: VALUE_TYPES }],
  );
  const secret = rows.map(([name, { doc }]) => [name, { description: doc, type: 'string', minLength: 1 }] as const);
  schema.properties.settings.properties = Object.fromEntries(open);
  schema.properties.secretSettings.properties = Object.fromEntries(secret);
  return JSON.stringify(schema, null, 2);
}
