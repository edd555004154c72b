import { describe, expect, it } from 'vitest';

import { supervise } from '../../../stack/up/supervise.js';
import type { Part } from '../../../stack/up/supervise.js';

interface FakePart extends Part {
  end(words: string): void;
  readonly stops: number;
}

function fakePart(): FakePart {
  let resolve: (ending: { code: number; words: string }) => void = () => undefined;
  const ended = new Promise<{ code: number; words: string }>((settle) => (resolve = settle));
  let stops = 0;
  return {
    ended,
    end: (words) => resolve({ code: 1, words }),
    kill: () => resolve({ code: 137, words: 'signal SIGKILL' }),
    stop: async () => {
      stops++;
      resolve({ code: 0, words: 'exit code 0' });
    },
    get stops() {
      return stops;
    },
  };
}

const PAUSE_MS = 20;

describe('stack/up/supervise', () => {
  it('starts a part that ended again, after pauses that double, and says so', async () => {
    const parts: FakePart[] = [];
    const said: string[] = [];
    const start = async () => {
      const part = fakePart();
      parts.push(part);
      return part;
    };
    const supervised = await supervise({
      name: 'the worker',
      start,
      say: (line) => said.push(line),
      firstPauseMs: PAUSE_MS,
    });

    parts[0]?.end('signal SIGKILL');
    await until(() => parts.length === 2);
    parts[1]?.end('exit code 3');
    await until(() => parts.length === 3);
    await supervised.stop();

    expect(said).toEqual([
      'the worker ended unasked (signal SIGKILL); starting it again in 0.02 s',
      'the worker ended unasked (exit code 3); starting it again in 0.04 s',
    ]);
    // A part that has ended is stopped too, to remove what it held on the disk.
    expect(parts.map((part) => part.stops)).toEqual([1, 1, 1]);
  });

  it('keeps trying where a later start fails, and says why', async () => {
    const parts: FakePart[] = [];
    const said: string[] = [];
    let starts = 0;
    const start = async () => {
      starts++;
      if (starts === 2) throw new Error('port 1 is in use');
      const part = fakePart();
      parts.push(part);
      return part;
    };
    const supervised = await supervise({
      name: 'Postgres',
      start,
      say: (line) => said.push(line),
      firstPauseMs: PAUSE_MS,
    });

    parts[0]?.end('exit code 1');
    await until(() => parts.length === 2);
    await supervised.stop();

    expect(said[1]).toBe('Postgres could not be started (port 1 is in use); starting it again in 0.04 s');
  });

  it('starts nothing once it was told to stop', async () => {
    let starts = 0;
    const part = fakePart();
    const start = async () => {
      starts++;
      return part;
    };
    const supervised = await supervise({ name: 'the worker', start, say: () => undefined, firstPauseMs: PAUSE_MS });
    part.end('exit code 1');
    await supervised.stop();
    await new Promise((resolve) => setTimeout(resolve, 3 * PAUSE_MS));
    expect(starts).toBe(1);
  });

  it('leaves a failure of the first start to its caller', async () => {
    const start = () => Promise.reject(new Error('no disk space'));
    await expect(supervise({ name: 'Postgres', start, say: () => undefined })).rejects.toThrow('no disk space');
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
