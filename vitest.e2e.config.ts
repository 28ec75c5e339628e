import { defineConfig } from 'vitest/config';

// Against a started server (E2E_BASE_URL): run by scripts/test.ts.
export default defineConfig({
  test: {
    include: ['e2e/{clients,api,start,replicas}/**/*.spec.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
