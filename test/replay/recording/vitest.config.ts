/** The recorder of histories: `npm run record-histories`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/replay/recording/*.real.ts'],
    globalSetup: ['test/harness/servers/postgresSetup.ts', 'test/harness/servers/temporalSetup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
