/** Answers of a real Redmine that must not be believed. */
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { draftFor, failing, markerOf, read, writing } from '../connectors/conformance/calls.js';
import type { Subject } from '../connectors/conformance/subject.js';
import { realRedmine } from './conformance.js';
import { peopleOf } from './people.js';
import { asAdministrator } from './server/ruby.js';

let subject: Subject;
beforeEach(async () => {
  subject = await realRedmine('field').start();
});
afterEach(() => subject.close());

const search = (target: unknown, n: number) => ({
  target,
  marker: markerOf(n),
  createdSince: new Date(Date.now() - 60_000).toISOString(),
});

describe('redmine/misleadingAnswers: a Redmine that lets anybody look', () => {
  afterAll(() => asAdministrator("Setting.login_required = '1'; Setting.rest_api_enabled = '1'"));

  it('makes neither a wrong key nor a REST service that is off look like an absence', async () => {
    const id = await subject.create('here');
    const otherId = await peopleOf(inject('redmine')).create(subject.scope, { description: 'there' });
    await asAdministrator(`Setting.login_required = '0'; Project.find(${subject.scope}).update!(is_public: true)`);
    const wrong = subject.connect({ apiKey: 'wrong-key-0815' });
    expect((await wrong.readItems([id], read)).found).toHaveLength(1);
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => wrong.findByMarker(search(subject.target, 70), read),
      () => wrong.listIds(subject.scope, read),
      () => wrong.readFeed(subject.scope, null, read),
      () => wrong.seesScope(subject.scope, read),
      () => wrong.comments?.find({ id, scope: subject.scope }, 'craftsync:a#b', read) ?? Promise.resolve(),
    ];
    for (const attempt of attempts) expect((await failing(subject, attempt())).kind).toBe('unauthorized');
    await asAdministrator(`Project.find(${subject.scope}).update!(is_public: false)`);
    expect((await failing(subject, wrong.readItems([id, otherId], read))).kind).toBe('unauthorized');
    expect((await failing(subject, wrong.readMarked(id, markerOf(70), read))).kind).toBe('unauthorized');

    await asAdministrator(`Setting.rest_api_enabled = '0'; Project.find(${subject.scope}).update!(is_public: true)`);
    const right = subject.connect();
    expect((await failing(subject, right.findByMarker(search(subject.target, 70), read))).kind).toBe('forbidden');
    expect((await failing(subject, right.listIds(subject.scope, read))).kind).toBe('forbidden');
  }, 120_000);
});

describe('redmine/misleadingAnswers: what a create may not rely on', () => {
  it('a status and a tracker that Redmine replaces are reported as warnings', async () => {
    const tool = subject.connect();
    const target = { ...(subject.target as object), statusId: 3, trackerId: 3 };
    const { warnings } = await tool.createItem(draftFor(subject, markerOf(71), { target }), writing());
    expect(warnings).toEqual([
      expect.stringContaining('Redmine made it a "Bug"'),
      expect.stringContaining('Redmine gave it the status "New"'),
    ]);
  });

  it('an issue whose tracker lacks the marker field is neither found nor absent', async () => {
    const { unfilteredField } = inject('redmine');
    const tool = subject.connect();
    const target = { ...(subject.target as object), markerField: unfilteredField + 100 };
    const created = await tool.createItem(draftFor(subject, markerOf(72), { target }), writing());
    expect(created.showsMarker).toBe(false);
    expect(await tool.findByMarker(search(target, 72), read)).toMatchObject({
      answer: 'unknown',
      why: expect.stringMatching(/^the issue #\d+ was created since by this key's user and has no room/) as string,
    });
  });

  it('a marker field that is not a filter still never makes a create look absent', async () => {
    const { unfilteredField } = inject('redmine');
    const tool = subject.connect();
    const target = { ...(subject.target as object), markerField: unfilteredField };
    const { item } = await tool.createItem(draftFor(subject, markerOf(73), { target }), writing());
    expect(await tool.findByMarker(search(target, 73), read)).toMatchObject({
      answer: 'found',
      items: [{ id: item.id }],
    });
    const findings = await tool.check([{ ...subject.pipeline, target }], read);
    expect(findings.filter(({ level }) => level === 'wrong').map(({ message }) => message)).toEqual([
      expect.stringContaining('is not used as a filter'),
    ]);
  });

  it('with a key that may add issues but not see them a marker is neither found nor absent', async () => {
    await asAdministrator("r = Role.find_by_name('craftsync'); r.update!(permissions: r.permissions - [:view_issues])");
    try {
      const tool = subject.connect();
      const created = await tool.createItem(draftFor(subject, markerOf(74)), writing());
      expect((await tool.findByMarker(search(subject.target, 74), read)).answer).toBe('unknown');
      const several = await tool.readItems([created.item.id, subject.unknownId], read);
      expect(several).toMatchObject({ found: [], missing: [subject.unknownId], refused: [created.item.id] });
      expect((await failing(subject, tool.readItems([created.item.id], read))).kind).toBe('forbidden');
    } finally {
      await asAdministrator(
        "r = Role.find_by_name('craftsync'); r.update!(permissions: r.permissions + [:view_issues])",
      );
    }
  }, 120_000);

  it('a required field that nothing fills is named in the refusal', async () => {
    await asAdministrator("IssueCustomField.find_by_name('Team').update!(is_required: true)");
    try {
      const error = await failing(subject, subject.connect().createItem(draftFor(subject, markerOf(75)), writing()));
      expect(error).toMatchObject({ kind: 'invalid', details: { status: 422 } });
      expect(error.message).toContain('Redmine requires a value for "Team"');
      const fields = { Team: ['web'], priority_id: ['High'], Platforms: ['iOS', 'Web'] };
      const filled = await subject.connect().createItem(draftFor(subject, markerOf(75), { fields }), writing());
      expect(filled.warnings).toBeUndefined();
    } finally {
      await asAdministrator("IssueCustomField.find_by_name('Team').update!(is_required: false)");
    }
  }, 120_000);

  it('a parent that Redmine would refuse is not accepted, one that it would take is', async () => {
    const tool = subject.connect();
    const people = peopleOf(inject('redmine'));
    const parent = await people.create(subject.scope, {});
    const elsewhere = await people.create(subject.otherScope ?? '', {});
    const ref = (id: string) => ({ id, key: null, url: null, scope: null });
    expect(await tool.hierarchy?.accepts(subject.target, ref(parent), read)).toEqual({ accepted: true });
    const draft = draftFor(subject, markerOf(76), { parent: ref(parent) });
    expect((await tool.createItem(draft, writing())).warnings).toBeUndefined();
    expect(await tool.hierarchy?.accepts(subject.target, ref(elsewhere), read)).toMatchObject({ accepted: false });
    const closed = await people.create(subject.scope, {});
    await people.change(closed, { status_id: 5 });
    expect(await tool.hierarchy?.accepts(subject.target, ref(closed), read)).toMatchObject({ accepted: false });
    const refused = draftFor(subject, markerOf(77), { parent: ref(closed) });
    expect((await failing(subject, tool.createItem(refused, writing()))).kind).toBe('invalid');
  });
});
