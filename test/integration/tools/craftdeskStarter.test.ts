/**
 * CraftDesk at its smallest plan: 10 calls a minute, which the sandbox really enforces, one worker, and not one 429. It
 * takes more than six minutes, so it runs only if `CRAFTSYNC_TEST_STARTER` gives the number of items. It prints what an
 * operator sees.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually, startDeployment } from '../../harness/deployment/deployment.js';
import { handOverFacts, readyCount } from '../../harness/deployment/handOverCheck.js';
import { toCraftdesk } from '../../harness/deployment/tools/craftdesk.js';

const WANTED = Number(process.env['CRAFTSYNC_TEST_STARTER'] ?? 0);
const MINUTE_MS = 60_000;

describe.skipIf(WANTED === 0)('integration/tools/craftdeskStarter: CraftDesk at 10 calls a minute', () => {
  it(
    'hands everything over with one call for each item, and meets no 429',
    async () => {
      const deployment = await startDeployment({ items: 0, behaviour: { craftdeskPlan: 'starter' } });
      const { sandbox } = deployment;
      try {
        await ready(sandbox.url, WANTED);
        await deployment.configure(toCraftdesk(sandbox, { plan: 'starter', progressEvery: '60 minutes' }));
        expect(readyCount(deployment)).toBe(WANTED);
        await deployment.startWorker();
        const begunAt = performance.now();
        await deployment.run('sweep', 'mobile', '--json');
        const show = setInterval(() => void showStatus(), MINUTE_MS);
        const showStatus = async (): Promise<void> => {
          const { stdout } = await deployment.run('status');
          console.log(`${Math.round((performance.now() - begunAt) / 1_000)} s\n${stdout}`);
        };
        try {
          await sleep(20_000);
          await showStatus();
          const waiting = (await handOverFacts(deployment)).links.find((link) => link.blockedBy === 'rate-limit');
          if (waiting !== undefined)
            console.log((await deployment.run('status', 'mobile', waiting.craftItemId)).stdout);
          await eventually(
            async () =>
              (await handOverFacts(deployment)).links.filter(({ phase }) => phase === 'following').length === WANTED,
            `${WANTED} items are followed`,
            (WANTED / 10 + 6) * MINUTE_MS,
          );
        } finally {
          clearInterval(show);
        }
        const facts = await handOverFacts(deployment);
        expect(facts).toMatchObject({ broken: [], devItems: WANTED, locked: WANTED });
        const requests = sandbox.records.list({ mount: 'craftdesk' });
        console.log(`${requests.length} calls in ${Math.round((performance.now() - begunAt) / 1_000)} s`);
        expect(requests.filter(({ status }) => status === 429)).toEqual([]);
        expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(WANTED);
        const times = requests.map(({ at }) => Date.parse(at));
        const busiest = times.map((from) => times.filter((at) => at >= from && at < from + MINUTE_MS).length);
        expect(Math.max(...busiest)).toBeLessThanOrEqual(10);
        expect(requests).toHaveLength(WANTED);
      } finally {
        await deployment.close();
      }
    },
    (WANTED / 10 + 12) * MINUTE_MS,
  );
});

async function ready(url: string, count: number): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/_sandbox/seed`, { method: 'POST', headers, body: JSON.stringify({ ready: count }) });
}
