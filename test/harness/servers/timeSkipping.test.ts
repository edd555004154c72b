import { describe, expect, it } from 'vitest';

import { startTimeSkipping } from './timeSkipping.js';

/** The first run on a machine fetches the server. */
const FETCH_MS = 240_000;

describe('harness/servers/timeSkipping', () => {
  it(
    'lets thirty days pass within seconds, or says why it cannot',
    async (test) => {
      const server = await startTimeSkipping();
      if (server.status === 'unavailable') return test.skip(server.reason);

      const startedAt = performance.now();
      const before = await server.environment.currentTimeMs();
      await server.environment.sleep('30 days');
      const after = await server.environment.currentTimeMs();
      await server.stop();

      expect(after - before).toBeGreaterThanOrEqual(30 * 24 * 60 * 60 * 1_000);
      expect(performance.now() - startedAt).toBeLessThan(20_000);
    },
    FETCH_MS,
  );
});
