import { describe, expect, it } from 'vitest';
import { read } from '../conformance/calls.js';
import { DEVELOPER_ID, issueBy, setUp } from './setUp.js';

const START = Date.parse('2026-11-24T10:00:00.000Z');

describe('connectors/redmine/readFeed', () => {
  it('reads a second with more than two pages of changes by id, and what came before and after it', async () => {
    let nowMs = START;
    const { connect, redmine, scope, asked } = await setUp({ nowMs: () => nowMs });
    const create = () => redmine.createIssue(issueBy(DEVELOPER_ID), 'developer').id;
    const ids = [create()];
    nowMs = START + 10_000;
    for (let n = 0; n < 250; n += 1) {
      nowMs = START + 10_000 + n * 3;
      ids.push(create());
    }
    nowMs = START + 20_000;
    ids.push(create(), create());
    asked();
    const feed = await connect().readFeed(scope, null, read);
    expect(feed).toMatchObject({ complete: true, everything: true, newest: '2026-11-24T10:00:20Z' });
    expect(new Set(feed.items.map(({ id }) => id))).toEqual(new Set(ids));
    expect(feed.items).toHaveLength(ids.length);
    const requests = asked();
    expect(requests.every((request) => !request.includes('offset='))).toBe(true);
    expect(requests.length).toBeLessThan(10);
  });

  it('loses nothing that is deleted or changed between two pages', async () => {
    let nowMs = START;
    const { connect, redmine, scope, sandbox } = await setUp({ nowMs: () => nowMs });
    const ids: string[] = [];
    for (let n = 0; n < 220; n += 1) {
      nowMs += 1_000;
      ids.push(redmine.createIssue(issueBy(DEVELOPER_ID), 'developer').id);
    }
    // Before the second page: an early issue goes, another is changed.
    let pages = 0;
    const heartbeat = (): void => {
      pages += 1;
      if (pages !== 1) return;
      redmine.deleteIssue(ids[3] ?? '', 'developer');
      nowMs += 5_000;
      redmine.updateIssue(ids[5] ?? '', { statusId: 5 }, 'developer');
    };
    const feed = await connect().readFeed(scope, null, { ...read, heartbeat });
    expect(sandbox.records.total('redmine')).toBeGreaterThan(2);
    const found = new Map(feed.items.map((item) => [item.id, item]));
    for (const id of ids.filter((_, at) => at !== 3)) expect([id, found.has(id)]).toEqual([id, true]);
    expect(found.get(ids[5] ?? '')?.status).toBe('Closed');
  });

  it('begins at the second of the cursor, and returns nothing older', async () => {
    let nowMs = START;
    const { connect, redmine, scope } = await setUp({ nowMs: () => nowMs });
    const create = (atMs: number) => {
      nowMs = atMs;
      return redmine.createIssue(issueBy(DEVELOPER_ID), 'developer').id;
    };
    create(START + 300);
    const [second, third] = [create(START + 1_100), create(START + 1_900)];
    const feed = await connect().readFeed(scope, '2026-11-24T10:00:01.500Z', read);
    expect(feed.items.map(({ id }) => id)).toEqual([second, third]);
  });

  it('leaves out the issues of subprojects, and reports those that are not as documented beside the others', async () => {
    const { connect, redmine, scope, sandbox, asked } = await setUp();
    const good = redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const bad = redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const remove = ['updated_on'];
    sandbox.faults.addRule({ mounts: ['redmine'], fault: { kind: 'alter', remove }, mentions: `issue_id=${bad.id}` });
    const tool = connect();
    const feed = await tool.readFeed(scope, null, read);
    expect(feed.items).toHaveLength(2);
    expect(
      asked()
        .filter((request) => request.includes('/issues.json'))
        .every((request) => request.includes('subproject_id=!*')),
    ).toBe(true);
    sandbox.faults.clear();
    sandbox.faults.addRule({ mounts: ['redmine'], routes: ['/issues.json'], fault: { kind: 'alter', remove } });
    const broken = await tool.readFeed(scope, null, read);
    expect(broken).toMatchObject({ items: [], everything: false, ids: [good.id, bad.id].sort() });
    expect(broken.malformed?.map(({ problem }) => problem)).toEqual(
      Array.from({ length: 2 }, () => '"updated_on" that is not as documented (invalid_type)'),
    );
  });

  it('is not-found for a project that the key no longer sees, while the key itself is accepted', async () => {
    const { connect, scope, sandbox } = await setUp();
    sandbox.faults.add({ lostSight: { redmine: { scopes: [scope], as: 'missing' } } });
    await expect(connect().readFeed(scope, null, read)).rejects.toMatchObject({
      kind: 'not-found',
      message: 'tool: GET /issues.json of the project 1: the key may not see its issues',
    });
    await expect(connect().readFeed('77', null, read)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
