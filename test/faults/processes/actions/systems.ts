/** What happens to servers and to what they hold: lost connections, rights, runs, rows; and a changed configuration. */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { copyLedger, putBack } from '../../../harness/deployment/lostLedger.js';
import { letPass } from '../../../harness/deployment/lostRuns.js';
import { itemSyncWorkflowId } from '../../../../domain/ids.js';
import type { ActionFault } from '../plan/faults.js';
import { LEDGER_COPIED } from '../record/record.js';
import type { Performance } from './stage.js';

type Of<K extends ActionFault['kind']> = Extract<ActionFault, { readonly kind: K }>;

export function refused({ side, forMs }: Of<'refused'>): Performance {
  return async (stage, go) => {
    await stage.proxy.refuse(side);
    stage.note({ who: 'fault', what: `connections to ${side} are refused`, kind: 'refused', ok: true });
    go();
    await sleep(forMs);
    await stage.proxy.accept(side);
    stage.note({ who: 'fault', what: `connections to ${side} are accepted`, kind: null, ok: true });
  };
}

export function sight(fault: Of<'list-lag' | 'lost-right'>): Performance {
  return async (stage, go) => {
    const { faults, tools } = stage.deployment.sandbox;
    go();
    if (fault.kind === 'list-lag') {
      faults.add({ listLagMs: { kitemaker: fault.ms } });
      stage.note({ who: 'fault', what: `lists lag by ${fault.ms} ms`, kind: fault.kind, ok: true });
      return;
    }
    const scopes = tools.kitemaker.spaces.map(({ id }) => id);
    faults.add({ lostSight: { kitemaker: { scopes, as: fault.as } } });
    stage.note({ who: 'fault', what: `the key's spaces are ${fault.as}`, kind: fault.kind, ok: true });
    await sleep(fault.forMs);
    faults.clear();
    stage.note({ who: 'fault', what: 'the key sees all again', kind: null, ok: true });
  };
}

export function restart(fault: Of<'temporal-restart' | 'postgres-restart'>): Performance {
  return async (stage, go) => {
    const which = fault.kind === 'temporal-restart' ? 'temporal' : 'postgres';
    if (stage.servers.restart === null) throw new Error(`${which} belongs to other tests, too`);
    go();
    const atMs = Date.now();
    await stage.servers.restart(which, fault.downMs);
    stage.note({ atMs, who: 'fault', what: `${which} is killed, and back`, kind: fault.kind, ok: true });
  };
}

/** Existing connections are ended and new ones refused, as by a server whose connections are all taken. */
export function poolFull({ forMs }: Of<'pool-full'>): Performance {
  return async (stage, go) => {
    const url = new URL(stage.deployment.env['DATABASE_URL'] ?? '');
    const name = url.pathname.slice(1);
    url.pathname = '/craftsync';
    await insist(() => queryOnce(url.href, `alter database ${name} connection limit 0`));
    await insist(() =>
      queryOnce(
        url.href,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user',
        [name],
      ),
    );
    stage.note({ who: 'fault', what: 'no connection to the ledger is free', kind: 'pool-full', ok: true });
    go();
    await sleep(forMs);
    await insist(() => queryOnce(url.href, `alter database ${name} connection limit -1`));
    stage.note({ who: 'fault', what: 'connections to the ledger are free again', kind: null, ok: true });
  };
}

async function queryOnce(connectionString: string, sql: string, values: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}

/** Another fault of the run may be in the way for some seconds: a database that starts again, a deadlock. */
const INSISTS_FOR_MS = 20_000;
const TRIES_EVERY_MS = 500;

async function insist(work: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + INSISTS_FOR_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      await sleep(TRIES_EVERY_MS);
    }
  }
}

export function twoSweeps(): Performance {
  return async (stage) => {
    await Promise.all([stage.sweep('readySweep', 'a'), stage.sweep('readySweep', 'b')]);
    stage.note({ who: 'fault', what: 'two ready sweeps at the same moment', kind: 'two-sweeps', ok: true });
  };
}

/** The next ready sweep looks for runs of rows that nobody has touched for ten minutes. */
export function runTerminated({ item }: Of<'run-terminated'>): Performance {
  return async (stage, go) => {
    go();
    const craftItemId = stage.wanted[item % stage.wanted.length] ?? '';
    const ref = { pipeline: 'mobile', craftItemId };
    const handle = stage.deployment.temporal.client.workflow.getHandle(itemSyncWorkflowId(ref));
    try {
      await handle.terminate('terminated by hand');
    } catch {
      return;
    }
    await insist(() => letPass(stage.deployment, ref, 11));
    const what = `the run of ${craftItemId} is terminated`;
    stage.note({ who: 'operator', what, kind: 'run-terminated', craftItemId, ok: true });
  };
}

export function ledgerRestored({ copyAtMs }: Of<'ledger-restored'>): Performance {
  return async (stage, go) => {
    go();
    if (Date.now() < stage.startedMs + copyAtMs) await sleep(stage.startedMs + copyAtMs - Date.now());
    await insist(() => copyLedger(stage.deployment));
    stage.note({ who: 'run', what: LEDGER_COPIED, kind: null, ok: true });
    await sleep(2_500);
    await insist(() => putBack(stage.deployment));
    stage.note({ who: 'fault', what: 'the ledger is put back as it was', kind: 'ledger-restored', ok: true });
  };
}

export function mappingChanged(): Performance {
  return async (stage, go) => {
    go();
    const statuses = { 'To do': 'Planned', 'In Progress': 'Being built', Done: 'Done', Dropped: 'Dropped' };
    const atMs = Date.now();
    await stage.configure({ pipeline: { progress: { statuses } } });
    stage.mappings.push(statuses);
    const { exitCode, stderr } = await stage.deployment.run('apply');
    const what = `apply of another mapping: ${exitCode === 0 ? 'done' : stderr.trim()}`;
    stage.note({ atMs, who: 'operator', what, kind: 'mapping-changed', ok: exitCode === 0 });
  };
}

const READ_ONLY = [['check'], ['preview', 'mobile'], ['status', '--json'], ['log', 'mobile', '--json']] as const;

/** With addresses of their own, so that what they send is known to be theirs. */
export function readOnlyCommands(): Performance {
  return async (stage, go) => {
    go();
    const path = `${stage.deployment.configPath}.commands.yaml`;
    let text = await readFile(stage.deployment.configPath, 'utf8');
    for (const side of ['craft', 'tool'] as const) {
      text = text.replaceAll(stage.proxy.url(side, 'worker'), stage.proxy.url(side, 'command'));
    }
    await writeFile(path, text, { mode: 0o600 });
    for (const args of READ_ONLY) {
      const atMs = Date.now();
      const { exitCode, stderr } = await stage.deployment.run(...args, '--config', path);
      const what = `${args.join(' ')}: ${exitCode} ${stderr.trim().split('\n')[0] ?? ''}`;
      stage.note({ atMs, who: 'operator', what, kind: 'read-only-commands', ok: true });
    }
  };
}
