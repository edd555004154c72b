/** What runs against a real Redmine: `npm run test:redmine`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/redmine/**/*.real.ts'],
    globalSetup: [
      'test/harness/servers/postgresSetup.ts',
      'test/harness/servers/temporalSetup.ts',
      'test/redmine/setup.ts',
    ],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
