/**
 * A target that the dev tool refuses: the pipeline is paused with one reason, and goes on when it is corrected
 * (design 3, A refused pipeline).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipelinePauseKey } from '../../../domain/ids.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { wordsOf } from '../../harness/words.js';

const ITEMS = 30;
const SELDOM = { sweepEvery: '100 hours', driftEvery: '200 hours' };
let deployment: TestDeployment;

beforeAll(async () => {
  const pipeline = { ...SELDOM, target: { status: 'No such status' } };
  deployment = await startDeployment({ items: 0, configuration: { pipeline } });
  seedReadyItems(deployment.sandbox.world, ITEMS);
  await deployment.startWorker();
  expect(await deployment.run('apply')).toMatchObject({ exitCode: 0 });
}, 240_000);
afterAll(async () => {
  await deployment.close();
}, 120_000);

const counted = async () =>
  Object.fromEntries(
    (await deployment.ledger.links.countByPhase()).map(({ phase, blockedBy, count }) => [
      `${phase} ${blockedBy ?? ''}`.trim(),
      count,
    ]),
  );

describe('integration/handOver/refusedPipeline', () => {
  it('five of its items are blocked, the others wait with one reason, and status says so in one line', async () => {
    await deployment.run('sweep', 'mobile', '--json');
    await eventually(async () => {
      const counts = await counted();
      return counts['blocked refused'] === 5 && counts['creating pipeline-paused'] === ITEMS - 5;
    }, 'all items have been tried, or wait');
    const { stdout } = await deployment.run('status');
    expect(stdout).toMatch(/^Paused pipelines\n/);
    expect(wordsOf(stdout)).toMatch(new RegExp(`mobile .* ${ITEMS - 5} 5 items in a row were refused in the same way`));
    expect(stdout).toContain('5 things that need a person');
  }, 120_000);

  it('a corrected target ends the pause with apply, and all are handed over', async () => {
    await deployment.configure({ pipeline: { ...SELDOM, target: { status: 'To do' } } });
    const applied = await deployment.run('apply');
    expect([applied.exitCode, await deployment.ledger.connections.paused(pipelinePauseKey('mobile'))]).toEqual([
      0,
      null,
    ]);
    await eventually(async () => (await counted())['following'] === ITEMS, 'all items are handed over');
  }, 120_000);

  it('resume ends it at once, and says where nothing is paused', async () => {
    const none = await deployment.run('resume', 'mobile');
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('the pipeline mobile is not paused')]);
    await deployment.ledger.connections.pause(pipelinePauseKey('mobile'), 'pipeline-paused', 'refused');
    const resumed = await deployment.run('resume', 'mobile', '--json');
    expect(JSON.parse(resumed.stdout)).toEqual({ pipeline: 'mobile', outcome: 'resumed', woken: 0 });
    expect(await deployment.ledger.connections.listPaused()).toEqual([]);
  }, 120_000);
});
