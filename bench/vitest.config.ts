/** Benchmarks: the same servers as the tests, one file at a time, no assertion about speed. `npm run bench`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bench/**/*.bench.ts'],
    globalSetup: ['test/harness/servers/postgresSetup.ts', 'test/harness/servers/temporalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
