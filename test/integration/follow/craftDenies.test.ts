/**
 * Craft.io answers 404 for every single item while its listing shows them all, as after a changed `dialect` or
 * `baseUrl`: nobody is released, and no progress is lost (design 3, Gone).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { eventually, type TestDeployment } from '../../harness/deployment/deployment.js';
import { drillItems } from '../../harness/deployment/drill.js';
import * as after from '../../harness/deployment/followed.js';

const ITEMS = drillItems();
const WITHIN_MS = 60_000 + 500 * ITEMS;

let deployment: TestDeployment;
let links: readonly ItemLink[];

beforeAll(async () => {
  const started = await after.startFollowed(Math.ceil(1.5 * ITEMS) + 5);
  ({ deployment } = started);
  links = Array.from({ length: ITEMS }, () => started.take());
}, 240_000 + WITHIN_MS);
afterAll(async () => {
  await deployment.close();
}, 120_000);

/** Every read and every write of one item; lists are answered as ever. */
function denySingleItems(): void {
  const fault = { kind: 'status', status: 404 } as const;
  deployment.sandbox.faults.add({
    rules: ['/item/:id', '/workspace/:workspaceId/items/:id'].map((route) => ({
      mounts: ['craft-guide'],
      routes: [route],
      fault,
    })),
  });
}

const rows = (): Promise<readonly ItemLink[]> => Promise.all(links.map((link) => after.rowOf(deployment, link)));
const until = (what: string, holds: (row: ItemLink) => boolean): Promise<unknown> =>
  eventually(async () => (await rows()).every(holds), what, WITHIN_MS);

describe('integration/follow/craftDenies', () => {
  it(
    'nobody is released, Craft.io pauses with its reason, and after the fault and `resume craft` all progress is there',
    async () => {
      denySingleItems();
      for (const link of links) after.move(deployment, link, 'In Progress');
      await after.sweepProgress(deployment);
      await until('all items wait for a person', ({ blockedBy }) => blockedBy === 'mass-deletion');
      expect(await deployment.ledger.connections.paused('craft')).toMatchObject({ reason: 'mass-deletion' });
      await after.sweepDrift(deployment);
      const paused = await rows();
      expect(new Set(paused.map(({ phase }) => phase))).toEqual(new Set(['following']));
      expect(links.flatMap((link) => after.commentsOf(deployment, link))).toEqual([]);
      const status = await deployment.run('status');
      expect(status.stdout).toMatch(/Paused connections\n.*\n.*craft +mass-deletion/);
      expect(status.stdout).not.toContain('Nothing needs a person.');

      const [last] = links;
      if (last !== undefined) after.move(deployment, last, 'Done');
      await after.sweepProgress(deployment);
      deployment.sandbox.faults.clear();
      expect(await deployment.run('resume', 'craft')).toMatchObject({ exitCode: 0, stderr: '' });
      const wanted = (link: ItemLink): string => (link === last ? 'Done' : 'In development');
      const isThere = (link: ItemLink): boolean => after.craftField(deployment, link, 'dev_status') === wanted(link);
      await eventually(() => Promise.resolve(links.every(isThere)), 'all progress is in Craft.io', WITHIN_MS);
      await until('nobody waits any more', ({ blockedBy }) => blockedBy === null);
      expect((await rows()).filter(({ phase }) => phase === 'released')).toEqual([]);
      expect((await rows()).filter(({ craftMissingSince }) => craftMissingSince !== null)).toEqual([]);
      expect(await deployment.ledger.connections.paused('craft')).toBeNull();
    },
    240_000 + 4 * WITHIN_MS,
  );
});
