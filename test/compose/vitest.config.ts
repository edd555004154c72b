/** The production topology on a real engine: `npm run test:compose`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/compose/**/*.real.ts'],
    globalSetup: ['test/compose/setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 15 * 60_000,
    hookTimeout: 20 * 60_000,
    teardownTimeout: 60_000,
  },
});
