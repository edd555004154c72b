import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { readStack } from '../../../config/stack.js';
import type { Stack } from '../../../config/stack.js';
import { isAlive, readRecord, recordOf } from '../../../stack/processRecord.js';
import type { ProcessRecord } from '../../../stack/processRecord.js';
import { built } from '../../harness/servers/built.js';
import { startCraftsync } from '../../harness/servers/program.js';
import type { Program } from '../../harness/servers/program.js';

const READY_WITHIN_MS = 120_000;
const CASE_MS = 180_000;
/** Variables that a person's shell may have and a test must not use. */
const PLAIN_ENV = { CRAFTSYNC_CONFIG: undefined, DATABASE_URL: undefined, TEMPORAL_ADDRESS: undefined, NO_COLOR: '1' };
/** A key that belongs to nothing that the stack starts. */
const SOMEBODYS_KEY = { CRAFT_API_KEY: 'a-key-of-somebody' };

describe('stack/up/up', () => {
  let folder: string;
  let state: string;
  const programs: Program[] = [];

  beforeAll(async () => {
    await built('clients/main.js');
    folder = await mkdtemp(join(tmpdir(), 'craftsync-up-'));
    state = join(folder, 'state');
  }, CASE_MS);
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.stop();
  }, CASE_MS);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function up(args: readonly string[] = [], env: Record<string, string | undefined> = {}): Promise<Program> {
    const all = ['up', '--state', state, '--temporal-port', '0', '--ui-port', '0', ...args];
    const program = await startCraftsync(all, { cwd: folder, env: { ...PLAIN_ENV, ...SOMEBODYS_KEY, ...env } });
    programs.push(program);
    return program;
  }

  async function upUntilReady(): Promise<{ program: Program; stack: Stack; children: readonly ProcessRecord[] }> {
    const program = await up();
    await program.waitForLine(/^ready/, READY_WITHIN_MS);
    const stack = readStack(state);
    if (stack === null) throw new Error('up is ready and there is no stack.json');
    return { program, stack, children: childrenOf(state) };
  }

  it(
    'comes up in an empty folder, serves every address that it prints, and leaves no process after Ctrl-C',
    async () => {
      const { program, stack, children } = await upUntilReady();

      expect(children.length).toBe(5);
      expect(children.every(isAlive)).toBe(true);
      await program.waitForLine(/Ctrl-C stops everything/);
      const ready = program.lines.findIndex((line) => line.startsWith('ready'));
      const printed =
        program.lines
          .slice(ready)
          .join('\n')
          .match(/http:\/\/\S+/g) ?? [];
      const listener = `${stack.listenUrl ?? ''}/`;
      expect(printed).toEqual([`${stack.uiUrl ?? ''}/namespaces/default/workflows`, stack.sandboxUrl, listener]);
      for (const url of printed) expect((await fetch(url)).status).toBe(200);

      expect(openToOthers(state)).toEqual([]);
      for (const record of ['temporal.pid', join('run', 'sandbox.pid')])
        expect(environmentOf(join(state, record)), record).not.toContain(SOMEBODYS_KEY.CRAFT_API_KEY);

      await actInTheSandbox(stack);
      const accepted = /^craftsync_webhook_deliveries_total\{dev_tool="km",verdict="accepted"\} [1-9]/m;
      await vi.waitFor(async () => expect(await textOf(`${listener}metrics`)).toMatch(accepted), 10_000);
      expect(await textOf(`${listener}metrics`)).not.toContain('craftsync_webhook_refused_total{');
      expect(JSON.parse(await textOf(`${listener}readyz`))).toEqual({ status: 'ready', problems: [] });

      const second = await up();
      expect((await second.ended).code).toBe(1);
      expect(second.lines).toEqual([
        `craftsync: craftsync up is already running on ${state} (process ${stack.pid}); ` +
          'use that one, stop it, or choose another folder with --state',
      ]);

      const worker = readRecord(join(state, 'run', 'worker.pid'));
      process.kill(-(worker?.pid ?? 0), 'SIGKILL');
      await program.waitForLine(/^the worker ended unasked \(signal SIGKILL\); starting it again in 1 s$/);
      await vi.waitFor(() => expect(readRecord(join(state, 'run', 'worker.pid'))).not.toEqual(worker), 60_000);
      const all = [...children, ...childrenOf(state)];

      program.signal('SIGINT');
      expect(await program.ended).toEqual({ code: 0, words: 'exit code 0' });
      expect(all.filter(isAlive)).toEqual([]);
      expect(readdirSync(join(state, 'run'))).toEqual([]);
      expect(readdirSync(state)).not.toContain('stack.json');
      expect(readdirSync(state)).not.toContain('up.pid');
    },
    CASE_MS,
  );

  it(
    'continues after it was killed with SIGKILL, with the sandbox at the same address; a second Ctrl-C kills at once',
    async () => {
      const first = await upUntilReady();
      process.kill(first.stack.pid, 'SIGKILL');
      await first.program.ended;

      const second = await upUntilReady();

      expect(second.stack.sandboxUrl).toBe(first.stack.sandboxUrl);
      expect(first.children.filter(isAlive)).toEqual([]);

      // A worker that hangs would use up its whole grace period.
      const worker = readRecord(join(state, 'run', 'worker.pid'));
      process.kill(-(worker?.pid ?? 0), 'SIGSTOP');
      second.program.signal('SIGINT');
      await second.program.waitForLine(/^stopping/);
      await new Promise((resolve) => setTimeout(resolve, 700));
      second.program.signal('SIGINT');
      expect((await second.program.ended).code).toBe(130);
      await vi.waitFor(() => expect(second.children.filter(isAlive)).toEqual([]), 20_000);
    },
    CASE_MS,
  );

  it(
    'comes up whatever its programs may write: at LOG_LEVEL=warn, and with a token that is a word of their lines',
    async () => {
      const program = await up([], { LOG_LEVEL: 'warn', CRAFTSYNC_TOKEN: 'listener is ready' });
      await program.waitForLine(/^ready/, READY_WITHIN_MS);
      expect(program.lines.join('\n')).not.toContain('the listener is ready');
    },
    CASE_MS,
  );

  it(
    'ends within 15 seconds of Ctrl-C although its own servers are frozen, and leaves no process',
    async () => {
      const { program, children } = await upUntilReady();
      const temporal = readRecord(join(state, 'temporal.pid'));
      process.kill(-(temporal?.pid ?? 0), 'SIGSTOP');
      process.kill(postmasterOf(state)?.pid ?? 0, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 3_000));

      const startedAt = performance.now();
      program.signal('SIGINT');
      expect(await program.ended).toEqual({ code: 0, words: 'exit code 0' });
      expect((performance.now() - startedAt) / 1_000).toBeLessThan(15);
      await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), 5_000);
    },
    CASE_MS,
  );

  it(
    'says which server of the environment does not answer, and starts nothing',
    async () => {
      const temporal = await up([], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
      expect((await temporal.ended).code).toBe(1);
      expect(temporal.lines.at(-1)).toMatch(
        /^craftsync: Temporal at 127\.0\.0\.1:1 refuses the connection \(ECONNREFUSED\).*unset it and up starts one/,
      );

      const database = await up([], { DATABASE_URL: 'postgres://craftsync:hush@127.0.0.1:1/craftsync' });
      expect((await database.ended).code).toBe(1);
      expect(database.lines.at(-1)).toMatch(
        /^craftsync: ledger 127\.0\.0\.1:1\/craftsync refuses the connection.*unset it and up starts one/,
      );
      expect(database.lines.join('\n')).not.toContain('hush');

      expect(childrenOf(state).filter(isAlive)).toEqual([]);
    },
    CASE_MS,
  );

  it(
    'says what to do where there is neither a configuration nor the sandbox',
    async () => {
      const program = await up(['--no-sandbox']);
      expect((await program.ended).code).toBe(1);
      expect(program.lines).toEqual([
        `craftsync: there is no configuration and --no-sandbox was given: write ${join(folder, 'craftsync.yaml')}, ` +
          'name a file with --config or CRAFTSYNC_CONFIG, or leave --no-sandbox out',
      ]);
    },
    CASE_MS,
  );
});

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function actInTheSandbox({ sandboxUrl }: Stack): Promise<void> {
  const url = sandboxUrl ?? '';
  const access = JSON.parse(await textOf(`${url}_sandbox/access`)) as {
    tools: { kitemaker: { spaces: { key: string }[] } };
  };
  const [space] = access.tools.kitemaker.spaces;
  const answer = await fetch(`${url}_sandbox/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      as: 'developer',
      tool: 'kitemaker',
      action: 'create',
      place: space?.key,
      edit: { title: 'News' },
    }),
  });
  expect(answer.status).toBe(200);
}

/** The records of the children: Temporal, Postgres, the sandbox, the worker, the listener. */
function childrenOf(state: string): readonly ProcessRecord[] {
  const run = join(state, 'run');
  const files = existsSync(run) ? readdirSync(run).map((name) => join(run, name)) : [];
  const records = [...files, join(state, 'temporal.pid')].map(readRecord);
  return [...records, postmasterOf(state)].filter((record) => record !== null);
}

function postmasterOf(state: string): ProcessRecord | null {
  try {
    return recordOf(Number(readFileSync(join(state, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]));
  } catch {
    return null;
  }
}

/** Postgres keeps its own files, behind a folder that is closed. */
function openToOthers(state: string): readonly string[] {
  const names = ['', ...readdirSync(state, { recursive: true, encoding: 'utf8' })];
  return names.filter((name) => !name.startsWith('postgres/') && (statSync(join(state, name)).mode & 0o077) !== 0);
}

function environmentOf(record: string): string {
  return readFileSync(`/proc/${readRecord(record)?.pid ?? 0}/environ`, 'utf8');
}
