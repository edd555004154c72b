/** CraftDesk the whole way, through a real worker, Temporal and Postgres, over the sandbox's CraftDesk. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../../sandbox/sandbox.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { craftField, rowOf } from '../../harness/deployment/followed.js';
import { allHandedOver, SEED, sweep } from '../../harness/deployment/handOver.js';
import { handOverFacts, isLocked, readyCount } from '../../harness/deployment/handOverCheck.js';
import { inCraftdesk, toCraftdesk } from '../../harness/deployment/tools/craftdesk.js';

let deployment: TestDeployment | null = null;
afterEach(async () => {
  await deployment?.close();
  deployment = null;
}, 60_000);

async function start(options: Partial<SandboxOptions> = {}, own: object = {}): Promise<TestDeployment> {
  const started = await startDeployment({ seed: SEED, ...options });
  deployment = started;
  await started.configure(toCraftdesk(started.sandbox, { ...own }));
  return started;
}

function middleOfMonthMs(day: Date): number {
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 15);
}

describe('integration/tools/craftdesk: CraftDesk', () => {
  it('ready, created, locked, progress back, done; an archived project counts as dropped', async () => {
    const deployed = await start({ items: 12 });
    const { sandbox } = deployed;
    await deployed.startWorker();
    const ready = readyCount(deployed);
    await sweep(deployed);
    const followed = await allHandedOver(deployed, ready);
    const creates = sandbox.records.list({ mount: 'craftdesk' });
    // A ledger that is new has the tool's markers compared with it once.
    expect(creates.map(({ method, route }) => `${method} ${route ?? ''}`)).toEqual([
      'GET /projects',
      ...Array.from({ length: followed }, () => 'POST /projects'),
    ]);
    const [first, second] = (await handOverFacts(deployed)).links.filter(({ phase }) => phase === 'following');
    if (first === undefined || second === undefined) throw new Error('too few items are ready');
    expect(craftField(deployed, first, 'dev_link')).toBe(`${sandbox.url}/craftdesk/${first.devItemId ?? ''}`);
    expect(isLocked(sandbox, first.craftItemId)).toBe(true);

    inCraftdesk(sandbox, { action: 'move', id: first.devItemId ?? '', status: 'in_progress' });
    await deployed.run('progress', 'cd', '--json');
    await eventually(() => Promise.resolve(craftField(deployed, first, 'dev_status') === 'In development'), 'progress');
    // Both probably come within one second of CraftDesk's clock.
    inCraftdesk(sandbox, { action: 'move', id: first.devItemId ?? '', status: 'completed' });
    inCraftdesk(sandbox, { action: 'move', id: second.devItemId ?? '', status: 'archived' });
    const { stdout } = await deployed.run('progress', 'cd', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ changed: 2, signalled: 2 });
    await eventually(() => Promise.resolve(craftField(deployed, first, 'dev_status') === 'Done'), 'Done');
    await eventually(() => Promise.resolve(craftField(deployed, second, 'dev_status') === 'Dropped'), 'Dropped');
    await eventually(async () => (await rowOf(deployed, first)).phase === 'settling', 'the first item settles');

    inCraftdesk(sandbox, { action: 'delete', id: second.devItemId ?? '' });
    await deployed.run('progress', 'cd', '--json');
    await eventually(async () => (await rowOf(deployed, second)).phase === 'orphaned', 'the second item is orphaned');
  }, 240_000);

  it.each([
    ['created', true],
    ['updated', false],
  ] as const)(
    'creates each item once when a fifth of the answers is lost, with pages by %s',
    async (craftdeskOrder, applied) => {
      const fault = { kind: 'lose-answer', applied, silence: 'reset' } as const;
      const lost = { mounts: ['craftdesk' as const], methods: ['POST'], share: 0.2, fault };
      const deployed = await start({ items: 24, behaviour: { craftdeskOrder }, faults: { rules: [lost] } });
      // More than a page of other projects: a search has to read them all.
      for (let n = 0; n < 120; n += 1) {
        inCraftdesk(deployed.sandbox, { action: 'create', place: 'workspace', edit: { title: `Other ${n}` } });
      }
      await deployed.startWorker();
      const ready = readyCount(deployed);
      await sweep(deployed);
      expect(await allHandedOver(deployed, ready)).toBeGreaterThan(10);
      const losses = deployed.sandbox.records.list({ mount: 'craftdesk' }).filter((record) => record.fault !== null);
      expect(losses.length).toBeGreaterThan(0);
    },
    240_000,
  );

  it('when the calls of a month are spent, items wait with `month-spent` until it is over, without further calls', async () => {
    // In the middle of a month, whatever day it is: one that ended meanwhile would bring new calls.
    let aheadMs = middleOfMonthMs(new Date()) - Date.now();
    const behaviour = { craftdeskPlan: 'starter' } as const;
    const deployed = await start({ items: 12, behaviour, nowMs: () => Date.now() + aheadMs }, { plan: 'starter' });
    const { sandbox } = deployed;
    const { baseUrl, apiKey } = sandbox.tools.craftdesk;
    // All but two of the thousand calls of the plan Starter, ten in each minute: one compares markers, one creates.
    for (let n = 0; n < 998; n += 1) {
      if (n % 10 === 0) aheadMs += 61_000;
      const answer = await fetch(`${baseUrl}/projects?per_page=1`, { headers: { authorization: `Bearer ${apiKey}` } });
      await answer.arrayBuffer();
      expect(answer.status).toBe(200);
    }
    aheadMs += 61_000;
    sandbox.records.clear();
    await deployed.startWorker();
    await sweep(deployed);
    const spent = await eventually(async () => {
      const { links } = await handOverFacts(deployed);
      const waiting = links.filter(({ blockedBy }) => blockedBy === 'month-spent');
      return waiting.length >= 3 && links.some(({ phase }) => phase === 'following') && waiting;
    }, 'items wait for the month');
    const [one] = spent;
    expect(one?.lastError).toMatch(/^cd: the month's calls are spent, goes on \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(Date.parse(one?.blockedUntil ?? '')).toBeGreaterThan(Date.now());
    const calls = sandbox.records.list({ mount: 'craftdesk' });
    expect(calls.map(({ method, status }) => `${method} ${status ?? 0}`)).toEqual(['GET 200', 'POST 201']);
    const { stdout } = await deployed.run('status', 'mobile', one?.craftItemId ?? '');
    expect(stdout).toContain('creating (month-spent)');
    expect(stdout).toContain("the month's calls are spent, goes on");
  }, 240_000);
});
