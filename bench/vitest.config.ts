/** Benchmarks: the same servers as the tests, one file at a time, no assertion about speed. `npm run bench`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['bench/**/*.bench.ts'],
    globalSetup: ['bench/servers/postgresSetup.ts', 'test/harness/servers/temporalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
