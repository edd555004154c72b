import { describe, expect, it } from 'vitest';

import { startTemporal } from '../../../stack/temporal/server.js';
import { startCraftsync } from './program.js';
import { freshNamespace } from './temporal.js';
import { startTimeSkipping } from './timeSkipping.js';

describe('harness/servers/needsTemporal', () => {
  it.each([
    ['asks for a namespace', () => freshNamespace()],
    ['starts a server that skips time', () => startTimeSkipping()],
    ['runs craftsync up', () => startCraftsync(['up'])],
    [
      'starts a Temporal server',
      async () => startTemporal({ stateDir: null, cacheDir: '/nowhere', port: 0, uiPort: null, log: () => undefined }),
    ],
  ])('a test of the project quick that %s fails, and is told where to put itself', async (_what, start) => {
    await expect(start()).rejects.toThrow(
      /test\/harness\/servers\/needsTemporal\.test\.ts needs a Temporal server, .* NEED_TEMPORAL in vitest\.config\.ts/,
    );
  });
});
