/**
 * One run, one Temporal server, one Postgres (test/harness/servers/globalSetup.ts). The `forks` pool, because the SDK's native
 * workers crash in threads; few forks, because the servers need cores too.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/servers/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // The default of one second is little where two test files and three servers share two cores.
    expect: { poll: { timeout: 10_000 } },
  },
});
