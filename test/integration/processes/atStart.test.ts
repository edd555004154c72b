import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCoreGateway } from './coreGateway.js';
import { freshNamespace } from '../../harness/servers/temporal.js';
import { endOf, inTurn, missing, report, startIn, startSurroundings, type Surroundings } from './lost.js';

const ENDS_WITHIN_S = 15;
const CASE_MS = 400_000;
/** What no setting of the process can be waited for: it ends by itself, with 1. */
const ENDS_ITSELF: readonly string[] = [
  'Temporal is http://…',
  'Temporal is its UI',
  'Temporal without TLS, with a key',
];

describe('integration/processes/atStart', () => {
  let around: Surroundings;

  beforeAll(async () => {
    around = await startSurroundings();
  }, CASE_MS);
  afterAll(() => around.close());

  it(
    'a worker without Temporal or Postgres waits and says what for, or ends with 1; told to stop, it ends in time',
    async () => {
      await inTurn(Object.entries(missing(around)), 3, async ([name, env]) => {
        const program = await startIn(around, ['worker'], env);
        const isFatal = ENDS_ITSELF.includes(name);
        if (!isFatal) await program.waitForLine(/waiting: (ledger|Temporal)/, 40_000);
        const outcome = await endOf({ program, signal: isFatal ? null : 'SIGTERM' });
        report('worker', name, outcome);
        expect({ name, ...outcome, said: outcome.said.length }, outcome.said.join('\n')).toMatchObject({
          code: isFatal ? 1 : 0,
          said: isFatal ? 1 : 2,
        });
        expect(outcome.seconds, name).toBeLessThan(isFatal ? 20 : ENDS_WITHIN_S);
        expect(outcome.said.join('\n')).not.toContain('hush');
      });
    },
    CASE_MS,
  );

  it(
    'a worker whose namespace is lost between the last look and the first poll says so in a line and waits',
    async () => {
      const { address, namespace, client, close } = await freshNamespace();
      const gateway = await startCoreGateway(address, {
        beforeFirstCall: () => client.connection.operatorService.deleteNamespace({ namespace }),
      });
      const env = { TEMPORAL_ADDRESS: gateway.address, TEMPORAL_NAMESPACE: namespace };
      const worker = await startIn(around, ['worker'], env);
      await worker.waitForLine(/waiting: Temporal/, 60_000);
      await sleep(3_000);
      const outcome = await endOf({ program: worker, signal: 'SIGTERM' });
      report('worker', 'the namespace is lost while it starts', outcome);
      expect(outcome.code, outcome.said.join('\n')).toBe(0);
      expect(outcome.said.join('\n')).toContain(namespace);
      expect(outcome.said.length).toBeLessThan(5);
      for (const line of outcome.said) expect(line).not.toMatch(/Status \{|LOG_LEVEL|\n/);
      await Promise.all([gateway.close(), close()]);
    },
    CASE_MS,
  );

  it(
    'a listener without Temporal or Postgres serves all the same; told to stop, it ends in time',
    async () => {
      await inTurn(Object.entries(missing(around)), 3, async ([name, env]) => {
        const program = await startIn(around, ['listen', '--listen-port', '0'], env);
        const isFatal = name === 'Temporal is http://…';
        if (!isFatal) {
          await program.waitForLine(/the listener is ready/, 40_000);
          await sleep(500);
        }
        const outcome = await endOf({ program, signal: isFatal ? null : 'SIGINT' });
        report('listener', name, outcome);
        expect({ name, ...outcome }).toMatchObject({ code: isFatal ? 1 : 0 });
        expect(outcome.seconds, name).toBeLessThan(ENDS_WITHIN_S);
        expect(outcome.said.join('\n')).not.toMatch(/hush|\n\s+at /);
      });
    },
    CASE_MS,
  );

  it.each([['apply'], ['sweep', 'mobile'], ['progress', 'km'], ['resync', 'mobile', 'x'], ['status'], ['log']])(
    '%s ends with 1 and one line that names the address',
    async (...args) => {
      // What a command does not ask, it does not miss: without Postgres a sweep by hand only says that no worker runs.
      const asked =
        { status: 'Postgres', log: 'Postgres', sweep: 'Temporal', progress: 'Temporal' }[args[0] ?? ''] ?? '';
      const cases = Object.entries(missing(around)).filter(([name]) => name.startsWith(asked));
      await inTurn(cases, 3, async ([name, env]) => {
        const outcome = await endOf({ program: await startIn(around, args, env), signal: null });
        report(args.join(' '), name, outcome);
        expect({ name, ...outcome }).toMatchObject({
          code: 1,
          said: [expect.stringMatching(/^craftsync: .*(127\.0\.0\.1:\d+|no-such-host)/)],
        });
        expect(outcome.seconds, name).toBeLessThan(25);
        expect(outcome.said.join('\n')).not.toContain('hush');
      });
    },
    CASE_MS,
  );
});
