import { describe, expect, it } from 'vitest';
import { WORKSPACE } from './craftServer.js';
import { idOf, item, read, open, type SetUp, write } from './setUp.js';

const source = { workspace: WORKSPACE };
const fields = [
  { id: '2305843010172190001', name: 'dev_status' },
  { id: '2305843010172190002', name: 'dev_lock' },
  { id: '2305843010172190003', name: 'team' },
  { id: '2305843010172190004', name: 'platforms', several: true },
];
const [STATUS = '', LOCK = '', TEAM = '', PLATFORMS = ''] = fields.map(({ id }) => id);
const team = { id: TEAM, value: 'mobile' };
const platforms = { id: PLATFORMS, values: ['ios', 'web'] };
const puts = ({ server }: SetUp) => server.requests.filter(({ method }) => method === 'PUT');
const fieldsIn = (made: SetUp, id: string) =>
  [...(made.server.item(id).customFields ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));

describe.each(['guide', 'swagger'] as const)(
  'connectors/craft/otherFields: what a PUT does to other fields (%s)',
  (dialect) => {
    const lockedFirst = { customFields: { dev_lock: 'View only' } };
    const withOthers = (n: number) => item(n, { customFields: [team, platforms] });

    it('reads the first write back and then sends only the changed fields, where others stay', async () => {
      const made = await open({ dialect, items: [withOthers(1), withOthers(2)], fields });
      await made.craft.writeItem(source, idOf(1), lockedFirst, write);
      expect(
        made.server
          .calls()
          .slice(-3)
          .map((one) => one.split(' ')[0]),
      ).toEqual(['GET', 'PUT', 'GET']);
      await made.craft.writeItem(source, idOf(2), lockedFirst, write);
      await made.again().writeItem(source, idOf(1), { customFields: { dev_status: 'Done' } }, write);
      expect(puts(made)).toHaveLength(3);
      expect(made.server.calls().filter((one) => one.startsWith('GET /item/'))).toHaveLength(2);
      const names = dialect === 'guide' ? 'customFieldValues' : 'customFields';
      for (const put of puts(made)) expect((put.body as Record<string, unknown[]>)[names]).toHaveLength(1);
      expect(fieldsIn(made, idOf(2))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
    });

    it('restores what vanished, and from then on sends the full array as freshly read', async () => {
      const made = await open({ dialect, items: [withOthers(1), withOthers(2)], fields, replaces: true });
      await made.craft.writeItem(source, idOf(1), lockedFirst, write);
      expect(puts(made)).toHaveLength(2);
      expect(fieldsIn(made, idOf(1))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
      const items = made.server.options.items ?? [];
      items[1] = item(2, { customFields: [{ id: TEAM, value: 'changed meanwhile' }, platforms] });
      await made.again().writeItem(source, idOf(2), lockedFirst, write);
      expect(puts(made)).toHaveLength(3);
      expect(fieldsIn(made, idOf(2))).toEqual([
        { id: LOCK, value: 'View only' },
        { id: TEAM, value: 'changed meanwhile' },
        platforms,
      ]);
    });

    it('lets concurrent first writes lose nothing: they wait until one has learned', async () => {
      const items = Array.from({ length: 8 }, (_, index) => withOthers(index + 1));
      const made = await open({ dialect, items, fields, replaces: true });
      await Promise.all(items.map((one) => made.craft.writeItem(source, String(one.id), lockedFirst, write)));
      for (const one of items) {
        expect(fieldsIn(made, String(one.id))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
      }
      expect(puts(made)).toHaveLength(9);
    });

    it('learns nothing from an item that has nothing to lose, and takes one PUT for it', async () => {
      const made = await open({ dialect, items: [item(1), withOthers(2)], fields, replaces: true });
      await made.craft.writeItem(source, idOf(1), lockedFirst, write);
      expect(puts(made)).toHaveLength(1);
      expect(made.memory.stored.size).toBe(0);
      await made.craft.writeItem(source, idOf(2), lockedFirst, write);
      expect(fieldsIn(made, idOf(2))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
    });

    it('does not believe a read-back that does not show the write yet', async () => {
      const made = await open({ dialect, items: [withOthers(1)], fields, replaces: true });
      let stale: unknown = null;
      made.server.options.intercept = ({ method, path }) => {
        if (method === 'PUT') stale ??= made.server.item(idOf(1));
        return method === 'GET' && path.startsWith('/item/') && stale !== null ? { status: 200, body: stale } : null;
      };
      await made.craft.writeItem(source, idOf(1), lockedFirst, write);
      expect([...made.memory.stored.values()]).not.toContain('partial');
    });

    it('restores with the next write what a process that died in between had lost', async () => {
      const made = await open({ dialect, items: [withOthers(1)], fields, replaces: true });
      made.server.options.intercept = ({ method, path }) =>
        method === 'GET' && path.startsWith('/item/') && puts(made).length > 0
          ? { status: 503, body: { message: 'later' } }
          : null;
      const first = made.craft.writeItem(source, idOf(1), lockedFirst, write);
      await expect(first).rejects.toMatchObject({ kind: 'conflict' });
      expect(fieldsIn(made, idOf(1))).toEqual([{ id: LOCK, value: 'View only' }]);
      made.server.options.intercept = () => null;
      await made.again().writeItem(source, idOf(1), { customFields: { dev_status: 'Done' } }, write);
      expect(fieldsIn(made, idOf(1))).toEqual([
        { id: STATUS, value: 'Done' },
        { id: LOCK, value: 'View only' },
        team,
        platforms,
      ]);
      await made.craft.writeItem(source, idOf(1), { customFields: { team: '' } }, write);
      await made.craft.writeItem(source, idOf(1), lockedFirst, write);
      expect(await made.craft.readItem(source, idOf(1), read)).toMatchObject({
        customFields: expect.not.arrayContaining([expect.objectContaining({ value: 'mobile' })]) as unknown,
      });
    });

    it('is ambiguous when the answer to the PUT is lost, and remembers what was at risk', async () => {
      const made = await open({ dialect, items: [withOthers(1)], fields, replaces: true });
      made.server.options.intercept = ({ method }) =>
        method === 'PUT' ? { status: 502, body: { message: 'lost' } } : null;
      const lost = made.craft.writeItem(source, idOf(1), lockedFirst, write);
      await expect(lost).rejects.toMatchObject({ kind: 'ambiguous', details: { notSent: false } });
      expect(JSON.stringify([...made.memory.stored.values()])).toContain(TEAM);
      made.server.options.intercept = ({ method }) =>
        method === 'PUT' ? { status: 400, body: { message: 'no' } } : null;
      await expect(made.craft.writeItem(source, idOf(1), lockedFirst, write)).rejects.toMatchObject({
        kind: 'invalid',
      });
      expect([...made.memory.stored.values()]).toEqual(['']);
    });

    describe('what was read lately', () => {
      const lately = (made: SetUp, id: string) => {
        const known = made.craft.readItem(source, id, read);
        let asked = 0;
        return { ready: known, read: () => (asked++, known), asked: () => asked };
      };
      const learned = async (replaces: boolean) => {
        const made = await open({ dialect, items: [withOthers(1), withOthers(2), withOthers(3)], fields, replaces });
        await made.craft.writeItem(source, idOf(1), lockedFirst, write);
        return made;
      };

      it.each([true, false])(
        'a write is one PUT and no read, whether a PUT replaces all fields (%s) or not',
        async (replaces) => {
          const made = await learned(replaces);
          const known = lately(made, idOf(2));
          await known.ready;
          const before = made.server.requests.length;
          await made.craft.writeItem(source, idOf(2), lockedFirst, write, known.read);
          expect(
            made.server
              .calls()
              .slice(before)
              .map((one) => one.split(' ')[0]),
          ).toEqual(['PUT']);
          expect(known.asked()).toBe(replaces ? 1 : 0);
          expect(fieldsIn(made, idOf(2))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
        },
      );

      it('the very first write needs no read before it, and is read back all the same', async () => {
        const made = await open({ dialect, items: [withOthers(1)], fields, replaces: true });
        const known = lately(made, idOf(1));
        await known.ready;
        await made.craft.customFields(source, read);
        const before = made.server.requests.length;
        await made.craft.writeItem(source, idOf(1), lockedFirst, write, known.read);
        expect(
          made.server
            .calls()
            .slice(before)
            .map((one) => one.split(' ')[0]),
        ).toEqual(['PUT', 'GET', 'PUT']);
        expect(fieldsIn(made, idOf(1))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
      });

      it('is not used where it shows no list of custom fields: the item may hold some all the same', async () => {
        const made = await learned(true);
        const whole = await made.craft.readItem(source, idOf(2), read);
        const { customFields: _hidden, ...properties } = whole?.properties ?? {};
        const known = () => Promise.resolve(whole === null ? null : { ...whole, properties });
        await made.craft.writeItem(source, idOf(2), lockedFirst, write, known);
        expect(fieldsIn(made, idOf(2))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
      });

      it('is not used where an earlier write may have lost something, nor where it is another item', async () => {
        const made = await learned(true);
        const key = [...made.memory.stored.keys()].find((one) => one.includes(':at-risk:')) ?? '';
        const known = lately(made, idOf(2));
        await known.ready;
        await made.memory.remember(key.replace(idOf(1), idOf(2)), JSON.stringify([team]));
        (made.server.options.items ?? [])[1] = item(2, { customFields: [platforms] });
        await made.craft.writeItem(source, idOf(2), lockedFirst, write, known.read);
        expect(known.asked()).toBe(0);
        expect(fieldsIn(made, idOf(2))).toEqual([{ id: LOCK, value: 'View only' }, team, platforms]);
        const before = made.server.requests.length;
        await made.craft.writeItem(source, idOf(3), lockedFirst, write, known.read);
        expect(
          made.server
            .calls()
            .slice(before)
            .map((one) => one.split(' ')[0]),
        ).toEqual(['GET', 'PUT']);
      });
    });

    it('takes a lease for each PUT', async () => {
      const made = await open({ dialect, items: [withOthers(1)], fields, replaces: true });
      let leases = 0;
      const authorise = () => Promise.resolve({ passed: () => leases++ > 99 });
      let asked = 0;
      await made.craft.writeItem(source, idOf(1), lockedFirst, { ...write, authorise: () => (asked++, authorise()) });
      expect(asked).toBe(puts(made).length);
    });

    it('stops waiting for the write before it when it is cancelled', async () => {
      const made = await open({ dialect, items: [withOthers(1), withOthers(2)], fields });
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      made.server.options.intercept = async ({ method }) => (method === 'PUT' ? held.then(() => null) : null);
      const first = made.craft.writeItem(source, idOf(1), lockedFirst, write);
      await expect.poll(() => puts(made).length).toBe(1);
      const stop = new AbortController();
      const second = made.craft.writeItem(source, idOf(2), lockedFirst, { ...write, signal: stop.signal });
      const refused = expect(second).rejects.toThrow('enough');
      await expect.poll(() => made.server.calls().includes(`GET /item/${idOf(2)}`)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 50));
      stop.abort(new Error('enough'));
      await refused;
      release();
      await first;
      expect(puts(made)).toHaveLength(1);
      await made.craft.writeItem(source, idOf(2), lockedFirst, write);
    });
  },
);
