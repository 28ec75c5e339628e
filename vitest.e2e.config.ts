import { defineConfig } from 'vitest/config';

/** Need minutes, or the history of git or root: only npm run test:soak runs them. */
const LONG = process.env.VITRINE_SOAK_SECONDS === undefined ? [] : ['e2e/{failover,upgrade,packages}/*.spec.ts'];

// Against a started server (E2E_BASE_URL): run by scripts/test.ts.
export default defineConfig({
  test: {
    include: ['e2e/{clients,api,deploy,start,replicas}/**/*.spec.ts', ...LONG],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
