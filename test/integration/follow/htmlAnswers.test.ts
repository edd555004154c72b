/**
 * HTML where JSON is documented (a sign-in page, a proxy's error): what waits, what is said, and that it recovers by
 * itself.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import type { FaultRule } from '../../../sandbox/http/faults.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import * as after from '../../harness/deployment/followed.js';
import { handOverFacts } from '../../harness/deployment/handOverCheck.js';
import { wordsOf } from '../../harness/words.js';

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await startDeployment({ items: 0, configuration: after.quick({}) });
  await deployment.startWorker();
}, 240_000);
afterEach(() => {
  deployment.sandbox.faults.clear();
});
afterAll(async () => {
  await deployment.close();
}, 120_000);

function breakWith(rule: Omit<FaultRule, 'fault'>, status: number, applied = true): void {
  deployment.sandbox.faults.add({ rules: [{ ...rule, fault: { kind: 'html', status, applied } }] });
}

async function statusSays(expected: RegExp): Promise<void> {
  let seen = '';
  const look = async (): Promise<boolean> => {
    seen = wordsOf((await deployment.run('status')).stdout);
    return expected.test(seen);
  };
  await eventually(look, `status says ${String(expected)}`).catch((error: unknown) => {
    throw new Error(`${String(error)}; it said ${seen}`);
  });
}

async function rowWhere(craftItemId: string, isThere: (link: ItemLink) => boolean): Promise<ItemLink> {
  let seen: ItemLink | null = null;
  const look = async (): Promise<ItemLink | false> => {
    seen = await deployment.ledger.links.get({ pipeline: 'mobile', craftItemId });
    return seen !== null && isThere(seen) && seen;
  };
  return eventually(look, `the row of ${craftItemId} is as wanted`).catch((error: unknown) => {
    throw new Error(`${String(error)}; it was ${JSON.stringify(seen)}`);
  });
}

/** Makes one ready item and sweeps it; its row once it is followed. */
async function followedItem(): Promise<ItemLink> {
  const [id = ''] = seedReadyItems(deployment.sandbox.world, 1);
  await after.sweepReady(deployment);
  return rowWhere(id, ({ phase }) => phase === 'following');
}

async function expectNoDuplicate(links: readonly ItemLink[]): Promise<void> {
  for (const link of links) expect(after.devItemsOf(deployment, link)).toHaveLength(1);
  expect((await handOverFacts(deployment)).broken).toEqual([]);
}

const WORDS: Readonly<Record<number, string>> = {
  200: 'answered with HTML where JSON is documented: check baseUrl \\(status 200\\)',
  502: 'failed with status 502 and an HTML page: the tool, or a proxy in front of it, is down or overloaded',
};

describe('integration/follow/htmlAnswers: HTML answers', () => {
  it.each([200, 502])(
    "Craft.io's list answers with a page and %i: the sweep waits, says so, and goes on",
    async (status) => {
      breakWith({ mounts: ['craft-guide'], routes: ['/workspace/:id/items'] }, status);
      const [id = ''] = seedReadyItems(deployment.sandbox.world, 1);
      const swept = after.sweepReady(deployment);
      await statusSays(
        new RegExp(
          `Sweeps in trouble .*ready-sweep:mobile \\S+ \\S+ craft: GET /workspace/\\S+ ${WORDS[status] ?? ''}`,
        ),
      );
      deployment.sandbox.faults.clear();
      await swept;
      const link = await rowWhere(id, ({ phase }) => phase === 'following');
      await expectNoDuplicate([link]);
      expect((await deployment.run('status')).stdout).not.toContain('in trouble');
    },
    180_000,
  );

  it("the tool's create answers with a page: only that item waits, whether or not it was created", async () => {
    const [made = '', unmade = '', good = ''] = seedReadyItems(deployment.sandbox.world, 3);
    const post = { mounts: ['kitemaker-rest'], methods: ['POST'], routes: ['/workitem'] } as const;
    breakWith({ ...post, mentions: made }, 200, true);
    breakWith({ ...post, mentions: unmade }, 502, false);
    await after.sweepReady(deployment);
    await rowWhere(good, ({ phase }) => phase === 'following');
    const inTrouble = ({ blockedBy }: ItemLink): boolean => blockedBy === 'tool-down';
    const waiting = await Promise.all([rowWhere(made, inTrouble), rowWhere(unmade, inTrouble)]);
    for (const { craftShortId } of waiting) {
      const { stdout } = await deployment.run('status', 'mobile', craftShortId ?? '');
      expect(stdout).toMatch(/last error +the answer to the create was lost: km: POST \/workitem .*HTML/);
      expect(stdout).toMatch(/phase +creating \(tool-down\)/);
      expect(stdout).toMatch(/waits until/);
    }
    deployment.sandbox.faults.clear();
    const links = await Promise.all(
      [made, unmade, good].map((id) => rowWhere(id, ({ phase }) => phase === 'following')),
    );
    await expectNoDuplicate(links);
  }, 180_000);

  it.each([200, 502])(
    "the tool's feed answers with a page and %i: the sweep waits, says so, and goes on",
    async (status) => {
      const link = await followedItem();
      await after.sweepProgress(deployment);
      breakWith({ mounts: ['kitemaker-rest'], methods: ['GET'], routes: ['/recent/workitems'] }, status);
      after.move(deployment, link, 'In Progress');
      const swept = after.sweepProgress(deployment);
      await statusSays(new RegExp(`progress-sweep:km \\S+ \\S+ km: GET /recent/workitems ${WORDS[status] ?? ''}`));
      expect(after.craftField(deployment, link, 'dev_status')).toBe('To do');
      deployment.sandbox.faults.clear();
      await swept;
      await after.craftFieldIs(deployment, link, 'dev_status', 'In development');
      expect((await deployment.run('status')).stdout).not.toContain('in trouble');
    },
    180_000,
  );
});
