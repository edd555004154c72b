import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLedger } from '../../ledger/index.js';
import { freshDatabase, type FreshDatabase } from '../harness/servers/database.js';
import { freshNamespace, type FreshNamespace } from '../harness/servers/temporal.js';
import { runCommand } from '../harness/runCommand.js';

const CRAFT_KEY = 'craft-secret-key';
const YAML = `craft: { baseUrl: "http://127.0.0.1:9", dialect: guide, apiKey: ${CRAFT_KEY} }
devTools:
  km: { type: kitemaker, baseUrl: "http://127.0.0.1:9", apiKey: km-secret-key }
pipelines:
  mobile:
    source: { workspace: "1" }
    ready: { status: Ready }
    target: { devTool: km, spaceId: a, statusId: todo }
    fields: { title: "{title}", description: { from: description } }
    progress: { field: dev_status, statuses: { Done: Done }, doneWhen: [Done] }
    lock: { field: dev_lock, value: View only }
`;

describe('clients/program', () => {
  let folder: string;
  let database: FreshDatabase;
  let temporal: FreshNamespace;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [folder, database, temporal] = await Promise.all([
      mkdtemp(join(tmpdir(), 'craftsync-commands-')),
      freshDatabase(),
      freshNamespace(),
    ]);
    await writeFile(join(folder, 'craftsync.yaml'), YAML, { mode: 0o600 });
    env = {
      CRAFTSYNC_STATE: folder,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    };
    expect((await run('apply')).code).toBe(0);
  });

  afterAll(async () => {
    await Promise.all([temporal.close(), database.drop(), rm(folder, { recursive: true })]);
  });

  const run = (...args: string[]) => runCommand(args, env, folder);
  const runWith = (own: NodeJS.ProcessEnv, ...args: string[]) => runCommand(args, { ...env, ...own }, folder);

  describe('exit codes', () => {
    it('are 0 for help and version', async () => {
      expect(await run('--version')).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      });
      expect((await run('sweep', '--help')).code).toBe(0);
    });

    it.each([
      ['an unknown command', ['swep'], /unknown command 'swep'.*Did you mean sweep.*; see craftsync --help/],
      ['an unknown option', ['sweep', 'mobile', '--al'], /unknown option '--al'.*Did you mean --all/],
      ['a missing argument', ['sweep'], /missing required argument 'pipeline'/],
      ['too many arguments', ['sweep', 'mobile', 'x'], /too many arguments/],
      ['an unknown pipeline', ['sweep', 'mobil'], /no pipeline named mobil: did you mean "mobile"\?/],
      ['an unknown dev tool', ['progress', 'kn'], /no dev tool named kn: did you mean "km"\?/],
      ['relink without a dev item', ['relink', 'mobile', 'X'], /relink needs the id of a dev item/],
      ['a malformed rename', ['apply', '--rename', 'mobile'], /write old=new/],
    ])('are 2 for %s, in one line', async (_what, args, message) => {
      const { code, err, out } = await run(...args);
      expect({ code, out, lines: err.split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
      expect(err).toMatch(message);
    });

    it('lists no command that this release does not have', async () => {
      const { out } = await run('--help');
      for (const later of ['rebuild', 'audit', 'detach', 'drift']) expect(out).not.toContain(`  ${later}`);
    });
  });

  describe('what cannot be reached', () => {
    it('is named: Temporal', async () => {
      const { code, err } = await runWith({ TEMPORAL_ADDRESS: '127.0.0.1:9' }, 'sweep', 'mobile');
      expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(err).toContain('Temporal at 127.0.0.1:9 refuses the connection (ECONNREFUSED)');
    });

    it('is named: a namespace that does not exist', async () => {
      const { code, err } = await runWith({ TEMPORAL_NAMESPACE: 'nowhere' }, 'sweep', 'mobile');
      expect(code).toBe(1);
      expect(err).toContain(`Temporal at ${temporal.address}, namespace nowhere`);
    });

    it('is named: the database, without its password', async () => {
      const { code, err } = await runWith({ DATABASE_URL: 'postgres://me:database-password@127.0.0.1:9/x' }, 'status');
      expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(err).toContain('127.0.0.1:9');
      expect(err).not.toContain('database-password');
    });

    it('is named: nothing configured at all', async () => {
      const { code, err } = await runCommand(['status'], { CRAFTSYNC_STATE: join(folder, 'none') }, tmpdir());
      expect(code).toBe(1);
      expect(err).toContain('there is no craftsync.yaml');
    });

    it('makes check print a wrong line for each connection and exit with 1, without ledger and Temporal', async () => {
      const nothing = { DATABASE_URL: '', TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' };
      const { code, out, err } = await runWith(nothing, 'check');
      expect(code).toBe(1);
      expect(out).toMatch(/wrong +craft/);
      expect(out).toMatch(/wrong +devTools\.km/);
      expect(err).toContain('are wrong, see above');
      expect(`${out}${err}`).not.toMatch(/secret-key/);
    });

    it('ends preview with one line that names the connection', async () => {
      const { code, err } = await run('preview', 'mobile');
      expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(err).toContain('craft');
    });
  });

  it('reports every problem of the configuration, each with its place', async () => {
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, YAML.replace('dialect: guide', 'dialekt: guide').replace('spaceId: a', 'spaceIdd: a'));
    const { code, err } = await run('--config', file, 'status');
    expect(code).toBe(1);
    expect(err).toContain('dialekt');
    expect(err).toContain('pipelines.mobile.target');
  });

  describe('without a worker', () => {
    it('sweep ends after ten seconds and says so, leaving the sweep to the next worker', async () => {
      const startedAt = performance.now();
      const { code, err } = await run('sweep', 'mobile');
      expect(code).toBe(1);
      expect(err).toMatch(/^no worker is running/);
      expect(performance.now() - startedAt).toBeLessThan(25_000);
    }, 60_000);

    it('verbs end after ten seconds and say so', async () => {
      const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
      await ledger.links.begin(
        { pipeline: 'mobile', craftItemId: '5' },
        { devTool: 'km', craftShortId: 'MOB-5', craftUrl: null },
      );
      await ledger.close();
      const { code, err } = await run('release', 'mobile', 'MOB-5');
      expect(code).toBe(1);
      expect(err).toMatch(/^no worker is running/);
    }, 60_000);
  });

  describe('items', () => {
    it('that the ledger does not know are reported, with what starts them', async () => {
      const { code, err } = await run('release', 'mobile', 'MOB-404');
      expect(code).toBe(1);
      expect(err).toContain('craftsync resync mobile MOB-404 starts it if it is ready');
    });

    it('of a pipeline that is gone accept no verb but pause, and the error says what must come first', async () => {
      const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
      await ledger.links.begin(
        { pipeline: 'old', craftItemId: '8' },
        { devTool: 'km', craftShortId: 'OLD-8', craftUrl: null },
      );
      await ledger.close();
      for (const verb of ['release', 'recreate', 'resync']) {
        const { code, err } = await run(verb, 'old', 'OLD-8');
        expect(code).toBe(1);
        expect(err).toContain('put it back and run craftsync apply');
      }
    });

    it('are not recreated from a phase that recreate does not work from', async () => {
      const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
      await ledger.links.begin(
        { pipeline: 'mobile', craftItemId: '6' },
        { devTool: 'km', craftShortId: 'MOB-6', craftUrl: null },
      );
      await ledger.close();
      const { code, err } = await run('recreate', 'mobile', 'MOB-6');
      expect(code).toBe(1);
      expect(err).toContain('recreate works from orphaned, released, done; MOB-6 is checking');
    });
  });

  describe('pause and resume of more than an item', () => {
    it('end the pause of a connection, once', async () => {
      const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
      await ledger.connections.pause('km', 'mass-deletion', '6 of 20 dev items are gone');
      expect((await run('status')).out).toContain('craftsync resume km');
      const first = await run('resume', 'km');
      expect(first).toMatchObject({
        code: 0,
        out: expect.stringContaining('km is resumed (it was paused: mass-deletion)') as string,
      });
      expect(await ledger.connections.paused('km')).toBeNull();
      expect(await run('resume', 'km')).toMatchObject({
        code: 1,
        err: expect.stringContaining('is not paused') as string,
      });
      await ledger.close();
    });

    it('are refused for a pipeline, with what comes close', async () => {
      const { code, err } = await run('pause', 'mobile');
      expect(code).toBe(1);
      expect(err).toContain('ready-sweep:mobile');
    });
  });

  describe('--json', () => {
    it('prints JSON alone: status has exactly the documented names', async () => {
      const { code, out } = await run('status', '--json');
      expect(code).toBe(0);
      const [first] = JSON.parse(out) as Record<string, unknown>[];
      expect(Object.keys(first ?? {})).toEqual([
        'pipeline',
        'craftItemId',
        'shortId',
        'phase',
        'blockedBy',
        'blockedUntil',
        'devTool',
        'devItem',
        'progress',
        'drift',
        'duplicate',
        'lastError',
        'workflowId',
        'updatedAt',
      ]);
    });

    it('prints the log as an array', async () => {
      const { out } = await run('log', 'mobile', '--json');
      expect(JSON.parse(out)).toEqual([]);
    });
  });
});
