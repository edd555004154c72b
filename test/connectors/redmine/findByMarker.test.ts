/** Every way in which a marker could look absent although it is not. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { markerOf, read } from '../conformance/calls.js';
import { API_USER_ID, DEVELOPER_ID, issueBy, setUp, type SetUp } from './setUp.js';

const search = (target: unknown, marker = markerOf(1)) => ({
  target,
  marker,
  createdSince: new Date(Date.now() - 60_000).toISOString(),
});

function make({ redmine }: SetUp, authorId: number, more: object) {
  return redmine.createIssue(issueBy(authorId, more), authorId === API_USER_ID ? 'api' : 'developer');
}

describe('connectors/redmine/findByMarker', () => {
  it('finds by the field whatever its age, and answers absent for a marker that no issue has', async () => {
    let nowMs = Date.now() - 86_400_000;
    const at = await setUp({ nowMs: () => nowMs });
    const { id } = make(at, API_USER_ID, { custom: { [at.target.markerField]: markerOf(1) } });
    nowMs = Date.now();
    const tool = at.connect();
    expect(await tool.findByMarker(search(at.target), read)).toMatchObject({ answer: 'found', items: [{ id }] });
    expect(await tool.findByMarker(search(at.target, markerOf(2)), read)).toEqual({ answer: 'absent' });
  });

  it('finds in the description an issue made before there was a marker field', async () => {
    const at = await setUp();
    const { id } = make(at, API_USER_ID, { description: `Text\r\n\r\n${markerOf(1)}` });
    expect(await at.connect().findByMarker(search(at.target), read)).toMatchObject({
      answer: 'found',
      items: [{ id }],
    });
  });

  it('finds an issue among those created since where the field is not a filter', async () => {
    const at = await setUp();
    const field = at.redmine.addField({ name: 'Plain' });
    for (let n = 0; n < 120; n += 1) make(at, DEVELOPER_ID, {});
    const { id } = make(at, API_USER_ID, { custom: { [field.id]: markerOf(1) } });
    const target = { ...at.target, markerField: field.id };
    expect(await at.connect().findByMarker(search(target), read)).toMatchObject({ answer: 'found', items: [{ id }] });
  });

  it('answers unknown where an issue of its own user has no room for a marker', async () => {
    const at = await setUp();
    const field = at.redmine.addField({ name: 'Bugs only', filter: true, trackerIds: [1] });
    const target = { ...at.target, markerField: field.id };
    const tool = at.connect();
    make(at, DEVELOPER_ID, {});
    expect(await tool.findByMarker(search(target), read)).toEqual({ answer: 'absent' });
    const mute = make(at, API_USER_ID, {});
    expect(await tool.findByMarker(search(target), read)).toMatchObject({
      answer: 'unknown',
      why: `the issue #${mute.id} was created since by this key's user and has no room for a marker: its tracker or project lacks the custom field ${field.id}`,
    });
  });

  it('answers unknown where the tracker has no description, which would hold the marker', async () => {
    const at = await setUp();
    at.redmine.set({ trackersWithout: { 2: ['description'] } });
    make(at, API_USER_ID, { description: null });
    const { markerField: _, ...target } = at.target;
    expect((await at.connect().findByMarker(search(target), read)).answer).toBe('unknown');
  });

  it('answers unknown where the key may not list the issues of the project', async () => {
    const at = await setUp();
    at.redmine.set({ permissions: ['add_issues'] });
    expect(await at.connect().findByMarker(search(at.target), read)).toEqual({
      answer: 'unknown',
      why: 'the key may not list the issues of the project mobile',
    });
  });

  it('answers unknown where an issue created since cannot be read', async () => {
    const at = await setUp();
    make(at, DEVELOPER_ID, { custom: { [at.target.markerField]: markerOf(1) } });
    const alter = { kind: 'alter', remove: ['updated_on'] } as const;
    at.sandbox.faults.addRule({ mounts: ['redmine'], routes: ['/issues.json'], fault: alter });
    const found = await at.connect().findByMarker(search(at.target), read);
    expect(found).toMatchObject({ answer: 'unknown', why: expect.stringContaining('cannot be read') as string });
    expect(await at.connect().findByMarker(search(at.target, markerOf(2)), read)).toEqual({ answer: 'absent' });
  });

  it('believes no answer of a Redmine that lets anybody look, with a wrong key or without its REST service', async () => {
    const at = await setUp();
    at.redmine.set({ loginRequired: false });
    const mobile = at.redmine.project('mobile');
    if (mobile !== undefined) at.redmine.projects.put({ ...mobile, public: true });
    const { id } = make(at, DEVELOPER_ID, {});
    const wrong = at.connect({}, 'wrong');
    for (const attempt of [
      () => wrong.findByMarker(search(at.target), read),
      () => wrong.listIds(at.scope, read),
      () => wrong.readFeed(at.scope, null, read),
      () => wrong.seesScope(at.scope, read),
      async () => wrong.comments?.find({ id, scope: at.scope }, 'craftsync:a#b', read),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ kind: 'unauthorized' });
    }
    at.redmine.set({ restEnabled: false });
    await expect(at.connect().findByMarker(search(at.target), read)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('counts by the clock of a Redmine that is an hour behind ours', async () => {
    const at = await setUp({ nowMs: () => Math.round(performance.timeOrigin + performance.now()) });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { id } = make(at, API_USER_ID, { custom: {}, description: markerOf(1) });
    const tool = at.connect();
    const sought = search(at.target);
    expect(await tool.findByMarker(sought, read)).toMatchObject({ answer: 'found', items: [{ id }] });
    const { target, createdSince } = sought;
    expect(await tool.listMarked({ target, start: 'craftsync:', createdSince }, read)).toMatchObject({
      answer: 'listed',
      marked: [{ marker: markerOf(1), item: { id } }],
    });
  });
});
