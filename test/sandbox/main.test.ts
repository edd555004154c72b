import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Sandbox } from '../../sandbox/sandbox.js';
import { built } from '../harness/servers/built.js';
import { startProgram } from '../harness/servers/program.js';
import type { Program } from '../harness/servers/program.js';
import { ask } from './running.js';

type Access = Pick<Sandbox, 'url' | 'craft' | 'tools'>;

describe('sandbox/main', () => {
  let folder: string;
  const programs: Program[] = [];
  let main: string;
  beforeAll(async () => {
    main = await built('sandbox/main.js');
  }, 120_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'craftsync-sandbox-'));
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): Program => {
    const program = startProgram({ command: process.execPath, args: [main, ...args] });
    programs.push(program);
    return program;
  };
  const serving = async (program: Program): Promise<Access> =>
    JSON.parse(await program.waitForLine(/^\{"url"/)) as Access;

  it('keeps every create that it answered through kill -9', async () => {
    const state = join(folder, 'state.json');
    const program = start('--state', state, '--items', '30');
    const { kitemaker } = (await serving(program)).tools;
    const headers = { 'x-api-key': kitemaker.apiKey };
    const statusId = kitemaker.spaces[0]?.statuses[0]?.id;
    const answered: string[] = [];
    const creating = (async () => {
      for (;;) {
        const body = JSON.stringify({ title: `n${answered.length}`, statusId });
        const reply = await ask(`${kitemaker.baseUrl}/workitem`, { method: 'POST', headers, body }).catch(() => null);
        if (reply === null) return;
        answered.push(reply.body.id);
      }
    })();
    await expect.poll(() => answered.length).toBeGreaterThan(20);
    await program.kill();
    await creating;

    const again = await serving(start('--state', state));
    const { body } = await ask(`${again.url}/_sandbox/state`, {});
    const kept = (body as unknown as Record<string, { id: string }[]>)['kitemaker.workItems']?.map(({ id }) => id);
    expect(kept).toEqual(expect.arrayContaining(answered));
    expect(again.tools.kitemaker.apiKey).toBe(kitemaker.apiKey);
  });

  it('writes a configuration for the tools that it is told, for its owner only, before it says that it serves', async () => {
    const path = join(folder, 'craftsync.yaml');
    const { tools } = await serving(start('--tools', 'all', '--configuration', path));
    expect(Object.keys(tools)).toEqual(['kitemaker', 'craftdesk', 'craftnote', 'redmine']);
    const { devTools } = parse(readFileSync(path, 'utf8')) as { devTools: Record<string, { apiKey: string }> };
    expect(Object.keys(devTools)).toEqual(['km', 'desk', 'note', 'red']);
    expect(devTools['red']?.apiKey).toBe(tools.redmine.apiKey);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('ends on SIGTERM, and says what is wrong with its arguments', async () => {
    const program = start();
    await serving(program);
    expect(await program.stop()).toMatchObject({ code: 0 });
    const wrong = start('--port', 'x');
    expect(await wrong.ended).toMatchObject({ code: 1 });
    expect(wrong.lines.join('\n')).toContain('--port takes a whole number, not "x"');
    const unknown = start('--tools', 'kitemaker,jira');
    expect(await unknown.ended).toMatchObject({ code: 1 });
    expect(unknown.lines.join('\n')).toContain('--tools knows no "jira"');
  });
});
