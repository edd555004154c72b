import { describe, expect, it } from 'vitest';
import { built } from '../harness/servers/built.js';
import { startProgram } from '../harness/servers/program.js';

const TOKEN = 'no-word-but-a-token-4711';

describe('clients/main', () => {
  it.each(['throw', 'void Promise.reject'])(
    'tells of an error that nobody caught in one line without secrets, and ends with 1: %s',
    async (how) => {
      const fails = `setTimeout(() => { ${how}(new Error("refused " + process.env.CRAFTSYNC_TOKEN)) }, 1500)`;
      const program = startProgram({
        command: process.execPath,
        args: [
          `--import=data:text/javascript,${encodeURIComponent(fails)}`,
          await built('clients/main.js'),
          '--version',
        ],
        env: { CRAFTSYNC_TOKEN: TOKEN, NO_COLOR: '1' },
      });
      expect((await program.ended).code).toBe(1);
      expect(program.lines.slice(1)).toEqual([
        'craftsync: refused [redacted]; LOG_LEVEL=debug shows where it happened',
      ]);
    },
    120_000,
  );
});
