import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../harness/servers/program.js';
import { endOf, report, startIn, startSurroundings, type Surroundings } from './lost.js';

const ENDS_WITHIN_S = 15;
const CASE_MS = 300_000;

describe('integration/processes/midRun', () => {
  let around: Surroundings;

  beforeAll(async () => {
    around = await startSurroundings();
  }, CASE_MS);
  afterEach(() => Promise.all([around.temporal.open(), around.postgres.open()]));
  afterAll(() => around.close());

  async function startBoth(): Promise<readonly [worker: Program, listener: Program]> {
    const both = [
      await startIn(around, ['worker', '--listen-port', '0']),
      await startIn(around, ['listen', '--listen-port', '0']),
    ] as const;
    await Promise.all(both.map((program) => program.waitForLine(/is ready/, 120_000)));
    return both;
  }

  it.each([
    ['Temporal closed', () => around.temporal.close(), /waiting: Temporal at /],
    ['Temporal silent', async () => around.temporal.silence(), /waiting: Temporal at /],
    ['Postgres closed', () => around.postgres.close(), /waiting: .*ledger/],
    ['Postgres silent', async () => around.postgres.silence(), /waiting: .*ledger/],
  ])(
    '%s: worker and listener say so and go on; told to stop, both end in time without an uncaught error',
    async (name, lose, line) => {
      const both = await startBoth();
      await lose();
      for (const program of both) await program.waitForLine(line, 60_000);
      const outcomes = await Promise.all(both.map((program) => endOf({ program, signal: 'SIGTERM' })));
      for (const [index, outcome] of outcomes.entries()) {
        report(index === 0 ? 'worker' : 'listener', `${name}, in mid-run`, outcome);
        expect(outcome.code, outcome.said.join('\n')).toBe(0);
        expect(outcome.seconds).toBeLessThan(ENDS_WITHIN_S);
        expect(outcome.said.join('\n')).not.toMatch(/uncaught|unhandled|node:internal/i);
      }
    },
    CASE_MS,
  );

  it(
    'a worker tells on its port whether it can work, and works again when what was lost is back',
    async () => {
      const worker = await startIn(around, ['worker', '--listen-port', '0']);
      const { url } = JSON.parse(await worker.waitForLine(/tells its health/, 120_000)) as { url: string };
      await worker.waitForLine(/the worker is ready/, 120_000);
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 30_000 }).toBe(200);
      await around.temporal.close();
      await expect
        .poll(async () => (await fetch(`${url}/readyz`)).text(), { timeout: 30_000 })
        .toContain('refuses the connection (ECONNREFUSED)');
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await worker.waitForLine(/waiting: Temporal/, 30_000);
      await around.temporal.open();
      await worker.waitForLine(/goes on after/, 60_000);
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 30_000 }).toBe(200);
      const outcome = await endOf({ program: worker, signal: 'SIGTERM' });
      expect(outcome).toMatchObject({ code: 0 });
      expect(outcome.seconds).toBeLessThan(ENDS_WITHIN_S);
    },
    CASE_MS,
  );
});
