import { beforeAll, describe, expect, it } from 'vitest';
import { built } from '../harness/servers/built.js';
import { startProgram } from '../harness/servers/program.js';

const TOKEN = 'no-word-but-a-token-4711';

/** Fails once the program has begun, and at the latest after 20 seconds. */
const failing = (how: string): string => `
  let left = 400;
  setInterval(() => {
    left -= 1;
    if (left > 0 && process.listenerCount('uncaughtException') === 0) return;
    ${how}(new Error('refused ' + process.env.CRAFTSYNC_TOKEN));
  }, 50);`;

describe('clients/main', () => {
  let main: string;
  beforeAll(async () => {
    main = await built('clients/main.js');
  }, 300_000);

  it.each(['throw', 'void Promise.reject'])(
    'tells of an error that nobody caught in one line without secrets, and ends with 1: %s',
    async (how) => {
      const program = startProgram({
        command: process.execPath,
        args: [`--import=data:text/javascript,${encodeURIComponent(failing(how))}`, main, '--version'],
        env: { CRAFTSYNC_TOKEN: TOKEN, NO_COLOR: '1' },
      });
      expect((await program.ended).code).toBe(1);
      const said = program.lines.filter((line) => !/^\d+\.\d+\.\d+/.test(line));
      expect(said).toEqual(['craftsync: refused [redacted]; LOG_LEVEL=debug shows where it happened']);
    },
    60_000,
  );
});
