import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'prisma/config';

// Prisma's own schema engine is a download. Where none was fetched, the CLI runs the same engine's WebAssembly build
// from the npm registry instead (docs/decisions/0005-prisma-offline.md).
const enginesDir = new URL('./node_modules/@prisma/engines/', import.meta.url);
const hasNativeEngine =
  existsSync(enginesDir) && readdirSync(enginesDir).some((file) => file.startsWith('schema-engine-'));
if (!hasNativeEngine) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= new URL('./scripts/schema-engine.mjs', import.meta.url).pathname;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: {
    url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/vitrine',
    shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL,
  },
});
