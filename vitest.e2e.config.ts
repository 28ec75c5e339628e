import { defineConfig } from 'vitest/config';

/** Needs the history of git, and more than a minute: only npm run test:soak runs it. */
const LONG = process.env.VITRINE_SOAK_SECONDS === undefined ? [] : ['e2e/upgrade/*.spec.ts'];

// Against a started server (E2E_BASE_URL): run by scripts/test.ts.
export default defineConfig({
  test: {
    include: ['e2e/{clients,api,start,replicas}/**/*.spec.ts', ...LONG],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
