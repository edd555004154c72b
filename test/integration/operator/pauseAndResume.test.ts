/** `pause` and `resume`, from the command line and as a signal to the run: their visible results (design 3, Verbs). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import * as verbs from '../../harness/deployment/verbs.js';

let started: after.Followed;
let deployment: TestDeployment;

beforeAll(async () => {
  started = await verbs.startFollowed();
  ({ deployment } = started);
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

describe('integration/operator/pauseAndResume', () => {
  const ways = [
    {
      way: 'from the command line',
      pause: (link: ItemLink) => after.order(deployment, 'pause', link, '--reason', 'a workshop'),
      resume: (link: ItemLink) => after.order(deployment, 'resume', link),
    },
    {
      way: 'as signals',
      pause: (link: ItemLink) => after.signal(deployment, link, 'pause', { reason: 'a workshop' }),
      resume: (link: ItemLink) => after.signal(deployment, link, 'resume'),
    },
  ];
  it.each(ways)(
    'nothing is written while an item is paused, and what happened meanwhile after the resume ($way)',
    async ({ pause, resume }) => {
      const link = started.take();
      await pause(link);
      const row = await after.inPhase(deployment, link, 'paused');
      expect(row.blockedBy).toBe('operator');
      await after.craftFieldIs(deployment, link, 'dev_state', 'Paused: a workshop');
      const puts = verbs.putsOf(deployment, link);
      after.move(deployment, link, 'In Progress');
      after.act(deployment, {
        as: 'product-manager',
        action: 'edit',
        id: link.craftItemId,
        edit: { title: 'Edited during the workshop' },
      });
      await after.sweepProgress(deployment);
      await after.sweepDrift(deployment);
      await sleep(1_500);
      expect(verbs.putsOf(deployment, link)).toBe(puts);
      expect((await after.rowOf(deployment, link)).phase).toBe('paused');

      await resume(link);
      await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
      await after.craftFieldIs(deployment, link, 'dev_state', /^In sync with .*Changed in Craft.io.*title/);
      expect((await after.rowOf(deployment, link)).phase).toBe('following');
    },
    120_000,
  );

  it('pausing and resuming a blocked item makes no requests without end', async () => {
    const { blocked } = started;
    await after.signal(deployment, blocked, 'pause');
    await after.inPhase(deployment, blocked, 'paused');
    await after.signal(deployment, blocked, 'resume');
    await after.inPhase(deployment, blocked, 'blocked');
    await sleep(1_000);
    const before = {
      requests: deployment.sandbox.records.total(),
      events: await verbs.historyLength(deployment, blocked),
    };
    await sleep(3_000);
    expect(deployment.sandbox.records.total() - before.requests).toBeLessThanOrEqual(2);
    expect((await verbs.historyLength(deployment, blocked)) - before.events).toBeLessThanOrEqual(20);
    expect((await after.rowOf(deployment, blocked)).blockedBy).toBe('missing-field');
  }, 120_000);

  it('in the end no item has two dev items of one generation, and every followed one is locked', async () => {
    await verbs.expectInvariants(deployment);
  });
});
