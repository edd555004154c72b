/**
 * Everything but `apply` runs as the role that reads and writes rows (`deploy/postgres-roles.sh`): worker, listener and
 * commands do their whole work, and none is refused a statement.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/ledger.js';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { kitemakerSigns } from '../../connectors/conformance/kitemaker.js';
import {
  eventually,
  startDeployment,
  type Listener,
  type TestDeployment,
} from '../../harness/deployment/deployment.js';
import { createLedgerRoles, type LedgerRoles } from '../../harness/access/ledgerRoles.js';
import type { Program } from '../../harness/servers/program.js';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const REFUSED = /permission denied|must be owner|42501/;

let roles: LedgerRoles;
let deployment: TestDeployment;
let ledger: Ledger;
let worker: Program;
let listener: Listener;

beforeAll(async () => {
  roles = await createLedgerRoles();
  deployment = await startDeployment({ items: 0, configuration: { km: { webhookSecret: SECRET } } });
  const { exitCode, stderr } = await deployment.runWith({ DATABASE_URL: roles.ownerUrl }, 'apply');
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  const env = { DATABASE_URL: roles.runtimeUrl };
  ledger = createLedger({ databaseUrl: roles.runtimeUrl, applicationName: 'test' });
  worker = await deployment.startWorker(env);
  listener = await deployment.startListener(env);
}, 360_000);
afterAll(async () => {
  await ledger.close();
  await deployment.close();
  await roles.drop();
}, 120_000);

/** As the role of workers; what it prints. */
async function run(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await deployment.runWith({ DATABASE_URL: roles.runtimeUrl }, ...args);
  expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, expect.not.stringMatching(REFUSED)]);
  return stdout;
}

describe('integration/access/runtimeRole', { timeout: 360_000 }, () => {
  it('hands over, follows, steers and shows items without a right to change a table', async () => {
    seedReadyItems(deployment.sandbox.world, 2);
    await run('check');
    await run('preview', 'mobile');
    await run('sweep', 'mobile');
    const followed = () => ledger.links.list({ pipeline: 'mobile', phases: ['following'] });
    await eventually(async () => (await followed()).length === 2, 'the items are followed', 120_000);
    const [first, second] = await followed();
    const items = [first?.craftShortId ?? '', second?.craftShortId ?? ''] as const;
    const hook = kitemakerSigns(SECRET);
    const signed = hook.signed(hook.news(first?.devItemId ?? ''));
    const headers = signed.headers as Record<string, string>;
    const answer = await fetch(`${listener.url}/webhooks/km`, { method: 'POST', body: signed.body, headers });
    expect(answer.status).toBe(200);
    await eventually(async () => (await ledger.inbox.waiting()).length === 0, 'the delivery was worked off', 60_000);
    for (const args of [
      ['progress', 'km'],
      ['resync', 'mobile', items[0]],
      ['pause', 'mobile', items[0]],
      ['resume', 'mobile', items[0]],
      ['release', 'mobile', items[1]],
      ['recreate', 'mobile', items[1]],
      ['status'],
      ['status', 'mobile', items[0]],
      ['status', '--json'],
      ['status', '--budget', '--json'],
      ['log', '--json'],
      ['feedback', 'list'],
      // Nothing is left to migrate, so that this role may run it.
      ['apply'],
    ])
      await run(...args);
    for (const path of ['/', '/metrics', '/readyz'])
      expect((await fetch(`${listener.url}${path}`)).status, path).toBe(200);
    const said = [...worker.lines, ...listener.lines].filter((line) => REFUSED.test(line));
    const logged = (await ledger.log.read({ limit: 200 })).filter(({ detail }) => REFUSED.test(detail ?? ''));
    expect([said, logged]).toEqual([[], []]);
  });
});
