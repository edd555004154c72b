import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { World } from '../../../sandbox/world/world.js';
import { openState } from '../../../sandbox/world/persist.js';
import { running } from '../running.js';

describe('sandbox/world/persist', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'craftsync-sandbox-'));
    file = join(folder, 'state', 'sandbox.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const everything = (world: World): unknown =>
    Object.fromEntries([...world.base.tables].map(([name, table]) => [name, [...table.values()]]));

  it('has the same world after a restart, keys and ids included', async () => {
    const box = await running({ stateFile: file });
    await box.rest('POST', '/workitem', { title: 'kept', statusId: box.mobile.status('To do') });
    box.act({ as: 'product-manager', action: 'delete', id: 'MBK-104' });
    const before = everything(box.world);
    await box.close();
    const again = await running({ stateFile: file });
    expect(everything(again.world)).toEqual(before);
    await again.close();
  });

  it('never reuses the number of a deleted item, not even after a restart', async () => {
    const box = await running({ stateFile: file });
    const { body: first } = await box.rest('POST', '/workitem', { title: 'a', statusId: box.mobile.status('To do') });
    box.act({ as: 'developer', action: 'delete', id: first.id });
    await box.close();
    const again = await running({ stateFile: file });
    const { body: second } = await again.rest('POST', '/workitem', {
      title: 'b',
      statusId: again.mobile.status('To do'),
    });
    expect(second.number).toBe(first.number + 1);
    expect(second.id).not.toBe(first.id);
    await again.close();
  });

  it('keeps everything that was answered before a kill: the files are complete without a close', async () => {
    const box = await running({ stateFile: file });
    const { body } = await box.rest('POST', '/workitem', { title: 'answered', statusId: box.mobile.status('To do') });
    const copy = join(folder, 'copy.json');
    copyFileSync(file, copy);
    copyFileSync(`${file}.journal`, `${copy}.journal`);
    await box.close();
    const world = new World({ seed: 1 });
    openState(copy, world).close();
    expect(world.tools.kitemaker.world.workItems.get(body.id)?.title).toBe('answered');
  });

  it('has written what a request changed before its answer leaves', async () => {
    const box = await running({ stateFile: file });
    const kept: boolean[] = [];
    const end = vi.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (this: ServerResponse, ...args) {
      kept.push(readFileSync(`${file}.journal`, 'utf8').includes('in the journal'));
      end.mockRestore();
      return this.end(String(args[0]));
    });
    await box.rest('POST', '/workitem', { title: 'in the journal', statusId: box.mobile.status('To do') });
    expect(kept).toEqual([true]);
    await box.close();
  });

  it('ignores a line that a kill cut off', () => {
    const world = new World({ seed: 1 });
    const state = openState(file, world);
    world.keys.put({ id: 'craft', key: 'whole' });
    state.close();
    appendFileSync(`${file}.journal`, '{"t":"keys","id":"kitemaker","r":{"id":"kite');
    const again = new World({ seed: 1 });
    openState(file, again).close();
    expect([...again.keys.values()]).toEqual([{ id: 'craft', key: 'whole' }]);
  });

  it('is readable for its owner only: it holds keys', () => {
    const world = new World({ seed: 1 });
    openState(file, world).close();
    expect(readFileSync(file, 'utf8')).toContain('"format":1');
    for (const name of [file, `${file}.journal`]) expect(modeOf(name)).toBe('600');
  });

  it('refuses a state of another format', () => {
    const world = new World({ seed: 1 });
    openState(file, world).close();
    rmSync(file);
    appendFileSync(file, '{"format":99,"tables":{}}');
    expect(() => openState(file, new World({ seed: 1 }))).toThrow(/format 99/);
  });

  function modeOf(name: string): string {
    return (statSync(name).mode & 0o777).toString(8);
  }
});
