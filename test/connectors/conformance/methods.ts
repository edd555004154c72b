/** What the port says of each method, tested against a tool that people use. */
import { describe, expect, it } from 'vitest';
import {
  commentsOf,
  createMany,
  draftFor,
  failing,
  markerOf,
  nextMoment,
  read,
  TEXT,
  TITLE,
  writing,
} from './calls.js';
import type { Subject } from './subject.js';

const aMinuteAgo = () => new Date(Date.now() - 60_000).toISOString();

export function methods(subject: () => Subject): void {
  describe('createItem', () => {
    it('creates one item in the scope of the target, which shows the marker and is found by id', async () => {
      const tool = subject().connect();
      const created = await tool.createItem(draftFor(subject(), markerOf(20)), writing());
      expect(created).toMatchObject({ showsMarker: true, item: { scope: subject().scope } });
      expect((await tool.readItems([created.item.id], read)).found).toEqual([created.item]);
      expect(tool.describe(draftFor(subject(), markerOf(20))).notes).toEqual([]);
      const texts = await subject().textsOf(created.item.id);
      expect(texts.title).toBe(TITLE);
      expect(texts.description).toContain(TEXT);
    });

    it('fits 1 MB into the limits of the tool, visibly cut, the marker whole', async () => {
      const tool = subject().connect();
      const draft = draftFor(subject(), markerOf(21), {
        title: `${TITLE}\n${'t'.repeat(5_000)}`,
        description: 'ä '.repeat(500_000),
      });
      const { item, showsMarker } = await tool.createItem(draft, writing());
      expect(showsMarker).toBe(true);
      const texts = await subject().textsOf(item.id);
      const { notes } = tool.describe(draft);
      expect(notes).toContainEqual(expect.stringMatching(/^the title is cut to [\d,]+ characters; it has 5,\d{3}/));
      expect(notes).toContainEqual(expect.stringMatching(/^the description is cut to .* it has 1,000,\d{3}/));
      expect(texts.title).toMatch(/…$/);
      expect(texts.title).not.toContain('\n');
      expect(texts.description).toContain('https://app.craft.io/item/1');
      expect((await tool.readMarked(item.id, markerOf(21), read))?.showsMarker).toBe(true);
    });

    it('does not let content pass for a marker', async () => {
      const tool = subject().connect();
      const description = `${markerOf(99)}\n\nask @somebody`;
      const { item } = await tool.createItem(draftFor(subject(), markerOf(22), { description }), writing());
      expect((await tool.readMarked(item.id, markerOf(99), read))?.showsMarker).toBe(false);
      expect((await subject().textsOf(item.id)).description).not.toContain('@somebody');
    });
  });

  describe('findByMarker', () => {
    const search = (n: number, generation = 1, createdSince = aMinuteAgo()) => ({
      target: subject().target,
      marker: markerOf(n, generation),
      createdSince,
    });

    it('finds a create whose answer was lost, and answers absent for one that was not applied', async () => {
      const tool = subject().connect();
      subject().trouble('answer-lost', 'writes');
      await failing(subject(), tool.createItem(draftFor(subject(), markerOf(30)), writing()));
      subject().mend();
      subject().trouble('request-lost', 'writes');
      await failing(subject(), tool.createItem(draftFor(subject(), markerOf(31)), writing()));
      subject().mend();
      const found = await tool.findByMarker(search(30), read);
      expect(found).toMatchObject({ answer: 'found', items: [{ scope: subject().scope }] });
      expect(await tool.findByMarker(search(31), read)).toEqual({ answer: 'absent' });
    });

    it('takes only the exact marker', async () => {
      const tool = subject().connect();
      await tool.createItem(draftFor(subject(), markerOf(32, 10)), writing());
      expect(await tool.findByMarker(search(32, 1), read)).toEqual({ answer: 'absent' });
      expect((await tool.findByMarker(search(32, 10), read)).answer).toBe('found');
    });

    it('returns every item with the marker, the oldest first', async () => {
      const tool = subject().connect();
      const ids: string[] = [];
      for (const _ of [1, 2]) {
        ids.push((await tool.createItem(draftFor(subject(), markerOf(33)), writing())).item.id);
        await nextMoment(subject());
      }
      const found = await tool.findByMarker(search(33), read);
      expect(found.answer === 'found' && found.items.map((item) => item.id)).toEqual(ids);
    });

    it('never says absent because 120 other items came in between', async () => {
      const tool = subject().connect();
      const { item } = await tool.createItem(draftFor(subject(), markerOf(34)), writing());
      await nextMoment(subject());
      await createMany(subject(), 120, 'other');
      expect(await tool.findByMarker(search(34), read)).toMatchObject({ answer: 'found', items: [{ id: item.id }] });
      expect(await tool.findByMarker(search(35), read)).toEqual({ answer: 'absent' });
    });

    it('never says absent because somebody moved it to another scope', async () => {
      const tool = subject().connect();
      if (subject().otherScope === null) return;
      const { item } = await tool.createItem(draftFor(subject(), markerOf(36)), writing());
      await subject().moveAway(item.id);
      const found = await tool.findByMarker(search(36), read);
      expect(found).toMatchObject({ answer: 'found', items: [{ id: item.id, scope: subject().otherScope }] });
    });
  });

  describe('listMarked', () => {
    it('lists each item with a marker of the pipeline, however old, wherever it was moved to, and no other', async () => {
      const tool = subject().connect();
      const { target, otherScope } = subject();
      const before = await createMany(subject(), 3, 'unmarked');
      const made: [string, string][] = [];
      for (const marker of [markerOf(37), markerOf(37, 2), markerOf(38)]) {
        made.push([marker, (await tool.createItem(draftFor(subject(), marker), writing())).item.id]);
        await nextMoment(subject());
      }
      if (otherScope !== null) await subject().moveAway(made[1]?.[1] ?? '');
      const start = markerOf(37).replace(/[^/]+\/1$/, '');
      for (const createdSince of [null, aMinuteAgo()]) {
        const listing = await tool.listMarked({ target, start, createdSince }, read);
        const listed = listing.answer === 'listed' ? listing.marked.map(({ marker, item }) => [marker, item.id]) : [];
        expect(listed.filter(([marker]) => /3[78]\/\d$/.test(marker ?? ''))).toEqual(made);
        expect(listed.some(([, id]) => before.includes(id ?? ''))).toBe(false);
      }
      const other = await tool.listMarked({ target, start: 'craftsync:another/', createdSince: null }, read);
      expect(other).toEqual({ answer: 'listed', marked: [] });
    });
  });

  describe('readItems', () => {
    it('reads many by id, wherever they were moved to, and names those that do not exist', async () => {
      const tool = subject().connect();
      const ids = await createMany(subject(), 60, 'many');
      const [gone = '', moved = '', changed = ''] = ids;
      const { otherScope } = subject();
      await subject().remove(gone);
      if (otherScope !== null) await subject().moveAway(moved);
      const word = await subject().changeStatus(changed);
      const { found, missing, malformed } = await tool.readItems([...ids, subject().unknownId], read);
      expect(new Set(missing)).toEqual(new Set([gone, subject().unknownId]));
      expect(new Set(found.map((item) => item.id))).toEqual(new Set(ids.slice(1)));
      expect(found.find((item) => item.id === moved)?.scope).toBe(otherScope ?? subject().scope);
      expect(found.find((item) => item.id === changed)?.status).toBe(word);
      expect(malformed ?? []).toEqual([]);
    });

    it('reads none without a request', async () => {
      const before = subject().counts().requests;
      expect(await subject().connect().readItems([], read)).toEqual({ found: [], missing: [] });
      expect(subject().counts().requests).toBe(before);
    });
  });

  describe('readMarked', () => {
    it('says whether an item carries the marker, and null when it does not exist', async () => {
      const tool = subject().connect();
      const { item } = await tool.createItem(draftFor(subject(), markerOf(40)), writing());
      expect(await tool.readMarked(item.id, markerOf(40), read)).toMatchObject({ item, showsMarker: true });
      expect(await tool.readMarked(item.id, markerOf(41), read)).toMatchObject({ item, showsMarker: false });
      await subject().remove(item.id);
      expect(await tool.readMarked(item.id, markerOf(40), read)).toBeNull();
    });
  });

  describe('readFeed', () => {
    it('reads everything from the beginning, and only what changed since from its newest on', async () => {
      const tool = subject().connect();
      const ids = await createMany(subject(), 69, 'feed');
      await nextMoment(subject());
      ids.push(await subject().create('feed 69'));
      const all = await tool.readFeed(subject().scope, null, read);
      expect(all).toMatchObject({ complete: true });
      expect(all.items.map((item) => item.id)).toEqual(expect.arrayContaining(ids));
      expect(new Set(all.items.map((item) => item.id)).size).toBe(all.items.length);
      await nextMoment(subject());
      const word = await subject().changeStatus(ids[7] ?? '');
      const next = await tool.readFeed(subject().scope, all.newest, read);
      expect(next.complete).toBe(true);
      expect(next.items.find((item) => item.id === ids[7])?.status).toBe(word);
      expect(next.items.every((item) => (item.updatedAt ?? '') >= (all.newest ?? ''))).toBe(true);
      if (subject().hasUpdateTimes !== false) expect(next.items.length).toBeLessThan(all.items.length);
    });

    it('loses none of 80 changes between two reads', async () => {
      const tool = subject().connect();
      const ids = await createMany(subject(), 80, 'burst');
      const { newest } = await tool.readFeed(subject().scope, null, read);
      await nextMoment(subject());
      for (const id of ids) await subject().changeStatus(id);
      const changed = await tool.readFeed(subject().scope, newest, read);
      expect(changed.complete).toBe(true);
      expect(changed.items.map((item) => item.id)).toEqual(expect.arrayContaining(ids));
    });

    it('says everything, and returns ids, only where they are those of the whole scope', async () => {
      const tool = subject().connect();
      for (const count of [3, 60]) {
        await createMany(subject(), count, 'few');
        const ids = new Set(await tool.listIds(subject().scope, read));
        for (const since of [
          null,
          new Date(Date.now() - 1).toISOString(),
          new Date(Date.now() + 1_000).toISOString(),
        ]) {
          const feed = await tool.readFeed(subject().scope, since, read);
          if (feed.everything) expect(new Set(feed.items.map((item) => item.id))).toEqual(ids);
          if (feed.ids !== undefined) expect(new Set(feed.ids)).toEqual(ids);
        }
      }
    });
  });

  describe('listIds', () => {
    it('returns the ids of all items of the scope and of no other', async () => {
      const tool = subject().connect();
      const [stays = '', gone = '', moved = ''] = await createMany(subject(), 3, 'one');
      const isMovable = subject().otherScope !== null;
      await subject().remove(gone);
      if (isMovable) await subject().moveAway(moved);
      const ids = await tool.listIds(subject().scope, read);
      expect(ids).toContain(stays);
      expect(ids).not.toContain(gone);
      expect(ids.includes(moved)).toBe(!isMovable);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  describe('scopeOf and seesScope', () => {
    it('the scope of a target is the one that it creates in', async () => {
      expect(await subject().connect().scopeOf(subject().target, read)).toBe(subject().scope);
    });

    it('a scope is seen until the key loses it', async () => {
      const tool = subject().connect();
      expect(await tool.seesScope(subject().scope, read)).toBe(true);
      await subject().hideScope();
      expect(await tool.seesScope(subject().scope, read)).toBe(false);
    });
  });

  describe('check', () => {
    it('finds nothing wrong where nothing is', async () => {
      const findings = await subject().connect().check([subject().pipeline], read);
      expect(findings.filter((finding) => finding.level === 'wrong')).toEqual([]);
      expect(findings.some((finding) => finding.level === 'ok')).toBe(true);
    });

    it.each(['status-500', 'status-401', 'html', 'truncated', 'request-lost'] as const)(
      'reports %s as a finding instead of failing',
      async (trouble) => {
        subject().trouble(trouble, 'reads');
        const findings = await subject().connect().check([subject().pipeline], read);
        expect(findings.some((finding) => finding.level === 'wrong')).toBe(true);
        expect(JSON.stringify(findings)).not.toContain(subject().apiKey);
      },
    );
  });

  describe('comments', () => {
    it('are posted, and found by their own marker only, where the tool has them', async () => {
      const tool = subject().connect();
      const comments = commentsOf(subject(), tool);
      if (comments === undefined) return;
      const { item } = await tool.createItem(draftFor(subject(), markerOf(50)), writing());
      const marker = 'craftsync:item-sync:conformance:50#drift-10';
      await comments.post(item, { text: 'Changed in Craft.io.', marker }, writing());
      expect(await comments.find(item, marker, read)).toBe('found');
      expect(await comments.find(item, marker.slice(0, -1), read)).not.toBe('found');
    });

    it('on an item that is gone fail as not-found', async () => {
      const tool = subject().connect();
      const post = commentsOf(subject(), tool)?.post(
        { id: subject().unknownId, scope: subject().scope },
        { text: 'Hello', marker: 'craftsync:a#b' },
        writing(),
      );
      if (post !== undefined) expect((await failing(subject(), post)).kind).toBe('not-found');
    });
  });
}
