/** Hands over everything that is ready and checks the invariants at the end; shared by the tests of the dev tools. */
import { expect } from 'vitest';
import { eventually, type TestDeployment } from './deployment.js';
import { handOverFacts } from './handOverCheck.js';

/** The seed of the sandbox's random choices: the same seed repeats a run. */
export const SEED = Number(process.env['CRAFTSYNC_TEST_SEED'] ?? 7);

export async function sweep(deployed: TestDeployment): Promise<void> {
  const { exitCode, stderr } = await deployed.run('sweep', 'mobile', '--json');
  if (exitCode !== 0) throw new Error(stderr);
}

/** Until every ready item is followed, or waits for a field; the invariants hold then. */
export async function allHandedOver(deployed: TestDeployment, ready: number): Promise<number> {
  await eventually(
    async () => {
      const { links } = await handOverFacts(deployed);
      const settled = links.filter(({ phase, blockedBy }) => phase === 'following' || blockedBy === 'missing-field');
      return settled.length === ready;
    },
    `all ${ready} ready items are followed (seed ${SEED})`,
    120_000,
  );
  const { broken, devItems, locked, links } = await handOverFacts(deployed);
  expect(broken, `seed ${SEED}`).toEqual([]);
  const followed = links.filter(({ phase }) => phase === 'following').length;
  expect({ devItems, locked }).toEqual({ devItems: followed, locked: followed });
  return followed;
}
