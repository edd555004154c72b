import { describe, expect, it } from 'vitest';
import { WORKSPACE } from './craftServer.js';
import { collect, idOf, item, read, open } from './setUp.js';

const source = { workspace: WORKSPACE };
const items = (count: number) => Array.from({ length: count }, (_, index) => item(index + 1));

describe('connectors/craft/paging', () => {
  it('reads every page, and no page after the last one that the server names', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(200) });
    expect((await collect(craft.listAll(source, read))).ids).toHaveLength(200);
    expect(server.requests.map(({ query }) => query['page'])).toEqual(['1', '2']);
  });

  it('ends on a short page where the server returns bare items', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(130), bare: true });
    expect((await collect(craft.listAll(source, read))).ids).toHaveLength(130);
    expect(server.requests).toHaveLength(2);
  });

  it('goes on where the server uses smaller pages of its own', async () => {
    for (const bare of [true, false]) {
      const { craft } = await open({ dialect: 'guide', items: items(120), pageSize: 50, bare });
      expect((await collect(craft.listAll(source, read))).ids).toHaveLength(120);
    }
  });

  it('does not loop on a server that ignores the page', async () => {
    for (const count of [20, 100, 250]) {
      const { server, craft } = await open({ dialect: 'guide', items: items(count), bare: true, ignoresPage: true });
      expect((await collect(craft.listAll(source, read))).ids).toHaveLength(count);
      expect(server.requests.length).toBeLessThanOrEqual(2);
    }
  });

  it('yields an item only once when the server shows it on two pages', async () => {
    const { server, craft } = await open({ dialect: 'guide', items: items(150) });
    server.options.intercept = (_, count) => {
      if (count === 2) server.options.items?.unshift(item(999));
      return null;
    };
    const { ids } = await collect(craft.listAll(source, read));
    expect(ids).toHaveLength(150);
    expect(new Set(ids).size).toBe(150);
  });

  it('ignores metadata that is not as documented', async () => {
    const { server, craft } = await open({ dialect: 'guide' });
    server.options.intercept = () => ({ status: 200, body: { items: [item(1)], metadata: { totalPages: 'many' } } });
    expect((await collect(craft.listAll(source, read))).ids).toEqual([idOf(1)]);
  });

  it('refuses an answer that is no list, without showing it', async () => {
    const { server, craft } = await open({ dialect: 'guide' });
    server.options.intercept = () => ({ status: 200, body: { things: ['Hidden plan'] } });
    const failed = collect(craft.listAll(source, read));
    await expect(failed).rejects.toMatchObject({ kind: 'unexpected-response' });
    await expect(failed).rejects.not.toThrow('Hidden plan');
  });

  it('heartbeats between pages', async () => {
    const { craft } = await open({ dialect: 'guide', items: items(250) });
    let beats = 0;
    await collect(craft.listAll(source, { ...read, heartbeat: () => (beats += 1) }));
    expect(beats).toBe(2);
  });
});
