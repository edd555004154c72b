/** Fault runs with real processes: `npm run test:faults`. Each lane starts Temporal and Postgres by itself. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/faults/processes/*.real.ts'],
    globalSetup: ['test/harness/servers/postgresSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 86_400_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
