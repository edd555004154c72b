import { describe, expect, it } from 'vitest';
import { markerOf, read, writing } from '../conformance/calls.js';
import { API_USER_ID, DEVELOPER_ID, issueBy, setUp } from './setUp.js';

const draft = (target: unknown, more: object = {}) => ({
  target,
  marker: markerOf(1),
  craftUrl: 'https://app.craft.io/item/1',
  title: 'A title',
  description: 'A text',
  fields: {},
  timeZone: 'UTC',
  ...more,
});

function single(fields: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]));
}

describe('connectors/redmine/items', () => {
  it('counts as missing only what is 404 at its own address, not what the key may not see', async () => {
    const { connect, redmine } = await setUp();
    const hidden = redmine.addProject({ identifier: 'old', name: 'Old', status: 'archived' });
    const seen = redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const unseen = redmine.createIssue(issueBy(DEVELOPER_ID, { projectId: hidden.id }), 'developer');
    const tool = connect();
    expect(await tool.readItems([seen.id, unseen.id, '4711', 'no-number'], read)).toMatchObject({
      found: [{ id: seen.id }],
      missing: ['4711', 'no-number'],
      refused: [unseen.id],
    });
    const refusal = { kind: 'forbidden', details: { byId: true, keyAccepted: true } };
    await expect(tool.readItems([unseen.id], read)).rejects.toMatchObject(refusal);
    await expect(tool.readMarked(unseen.id, markerOf(1), read)).rejects.toMatchObject(refusal);
  });

  it('writes the marker only into its field, or into the description, in Textile and in Markdown', async () => {
    const { connect, redmine, target } = await setUp();
    const { markerField, ...inDescription } = target;
    const description = async (at: unknown, own: object) => {
      const { item } = await connect({ ...own }).createItem(draft(at), writing());
      return redmine.issues.get(item.id);
    };
    const byField = await description(target, {});
    expect(byField?.description).toBe('A text\n\n"Craft.io":https://app.craft.io/item/1');
    expect(byField?.custom).toEqual({ [markerField]: markerOf(1) });
    expect((await description(inDescription, { textFormatting: 'common_mark' }))?.description).toBe(
      `A text\n\n[Craft.io](https://app.craft.io/item/1)\n\n${markerOf(1)}`,
    );
  });

  it('sends fields by name, number and value, and refuses names that it cannot find before anything is sent', async () => {
    const { connect, redmine, target, asked } = await setUp();
    const tool = connect();
    const create = (fields: Record<string, string>, timeZone = 'UTC') =>
      tool.createItem(draft(target, { fields: single(fields), timeZone }), writing());
    const { item } = await create({ Team: 'web', priority_id: 'high' });
    const issue = redmine.issues.get(item.id);
    expect(issue).toMatchObject({ priorityId: 3, custom: { 2: 'web' } });
    expect(redmine.issues.get((await create({ cf_2: 'mobile', priority_id: '4' })).item.id)).toMatchObject({
      priorityId: 4,
      custom: { 2: 'mobile' },
    });
    asked();
    await expect(create({ Teem: 'web' })).rejects.toMatchObject({
      kind: 'invalid',
      details: { notSent: true },
      message: expect.stringMatching(/no custom field "Teem" .*the nearest is "Team".*cf_12/) as string,
    });
    await expect(create({ priority_id: 'Huge' })).rejects.toMatchObject({
      message: expect.stringContaining('(Low, Normal, High, Urgent, Immediate)') as string,
    });
    expect(asked().filter((request) => request.startsWith('POST'))).toEqual([]);
    await expect(create({ Team: 'nowhere' })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('Team is not included in the list') as string,
    });
  });

  describe('dates', () => {
    const MOMENT = '2123-06-20T21:00:00.000Z';

    it("sends the day of Craft.io's date-times, in UTC, and leaves days and other texts alone", async () => {
      const { connect, redmine, target } = await setUp();
      const create = async (fields: Record<string, string>, timeZone = 'UTC') =>
        redmine.issues.get(
          (await connect().createItem(draft(target, { fields: single(fields), timeZone }), writing())).item.id,
        );
      expect(await create({ start_date: MOMENT, due_date: '2123-06-21T00:30:00+02:00' })).toMatchObject({
        startDate: '2123-06-20',
        dueDate: '2123-06-20',
      });
      expect(await create({ start_date: '2123-06-20', due_date: '2123-06-21' })).toMatchObject({
        startDate: '2123-06-20',
        dueDate: '2123-06-21',
      });
      await expect(create({ due_date: 'next week' })).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('Due date is not a valid date') as string,
      });
    });

    it('sends the day that a moment is in the time zone of its pipeline', async () => {
      const { connect, redmine, target } = await setUp();
      const dayIn = async (moment: string, timeZone: string) => {
        const made = draft(target, { fields: { due_date: [moment] }, timeZone });
        return redmine.issues.get((await connect().createItem(made, writing())).item.id)?.dueDate;
      };
      expect(await dayIn(MOMENT, 'Europe/Berlin')).toBe('2123-06-20');
      expect(await dayIn('2123-06-20T22:00:00.000Z', 'Europe/Berlin')).toBe('2123-06-21');
      expect(await dayIn('2123-12-20T22:30:00.000Z', 'Europe/Berlin')).toBe('2123-12-20');
      expect(await dayIn('2123-06-20T03:59:59.000Z', 'America/New_York')).toBe('2123-06-19');
      expect(await dayIn('2123-06-20T10:00:00.000Z', 'Pacific/Kiritimati')).toBe('2123-06-21');
      const note = connect().describe(
        draft(target, { fields: { due_date: [MOMENT] }, timeZone: 'Asia/Jerusalem' }),
      ).notes;
      expect(note).toEqual(['due_date is sent as 2123-06-21, the day in Asia/Jerusalem: Redmine takes no time of day']);
    });

    it('says in a preview which day is sent', async () => {
      const { connect, target } = await setUp();
      const fields = { due_date: MOMENT, start_date: '2123-06-20', Team: 'web' };
      expect(connect().describe({ ...draft(target), fields: single(fields) }).notes).toEqual([
        'due_date is sent as 2123-06-20, the day in UTC: Redmine takes no time of day',
      ]);
    });

    it("an administrator's key sends the day to a custom date field, and the whole text to any other", async () => {
      const { connect, redmine, target } = await setUp();
      redmine.set({ admin: true });
      const day = redmine.addField({ name: 'Day', format: 'date' });
      const text = redmine.addField({ name: 'Moment' });
      const fields = { Day: MOMENT, [`cf_${text.id}`]: MOMENT };
      const { item, warnings } = await connect().createItem(draft(target, { fields: single(fields) }), writing());
      expect(redmine.issues.get(item.id)?.custom).toMatchObject({ [day.id]: '2123-06-20', [text.id]: MOMENT });
      expect(warnings).toBeUndefined();
    });

    it('another key sends the day, unless issues show that the field holds something else; it reads them once', async () => {
      const { connect, redmine, target, asked } = await setUp();
      const day = redmine.addField({ name: 'Day', format: 'date' });
      const text = redmine.addField({ name: 'Moment' });
      const tool = connect();
      const create = async () => {
        const fields = { [`cf_${day.id}`]: MOMENT, Moment: MOMENT };
        const { item } = await tool.createItem(draft(target, { fields: single(fields) }), writing());
        return redmine.issues.get(item.id)?.custom;
      };
      redmine.createIssue(issueBy(DEVELOPER_ID, { custom: { [text.id]: 'in the evening' } }), 'developer');
      expect(await create()).toMatchObject({ [day.id]: '2123-06-20', [text.id]: MOMENT });
      asked();
      expect(await create()).toMatchObject({ [day.id]: '2123-06-20', [text.id]: MOMENT });
      expect(asked()).toEqual(['POST /issues.json']);
    });
  });

  describe('several values', () => {
    const list = { format: 'list', values: ['iOS', 'Android', 'Web'] } as const;
    const values = ['iOS', 'Android'];

    it.each([true, false])('go to a field that takes several, one by one (administrator: %s)', async (admin) => {
      const { connect, redmine, target } = await setUp();
      redmine.set({ admin });
      const field = redmine.addField({ name: 'Platforms', ...list, multiple: true });
      redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
      const made = await connect().createItem(draft(target, { fields: { Platforms: values } }), writing());
      expect(redmine.issues.get(made.item.id)?.custom).toMatchObject({ [field.id]: values });
      expect(made.warnings).toBeUndefined();
    });

    it('go to a text field as one text', async () => {
      const { connect, redmine, target } = await setUp();
      redmine.set({ admin: true });
      const field = redmine.addField({ name: 'Note' });
      const { item } = await connect().createItem(draft(target, { fields: { Note: values } }), writing());
      expect(redmine.issues.get(item.id)?.custom).toMatchObject({ [field.id]: 'iOS, Android' });
    });

    it.each([['Platforms'], ['priority_id'], ['due_date']])(
      'are refused before anything is sent where %s takes one',
      async (name) => {
        const { connect, redmine, target, asked } = await setUp();
        redmine.set({ admin: true });
        redmine.addField({ name: 'Platforms', ...list });
        const tool = connect();
        asked();
        await expect(tool.createItem(draft(target, { fields: { [name]: values } }), writing())).rejects.toMatchObject({
          kind: 'invalid',
          details: { notSent: true },
          message: expect.stringContaining(
            `${name} takes one value, and Craft.io has 2 (iOS, Android); see fields.${name}`,
          ) as string,
        });
        expect(asked().filter((request) => request.startsWith('POST'))).toEqual([]);
      },
    );
  });

  it('finds a field by name in a project without issues', async () => {
    const { connect, redmine, target } = await setUp();
    const { item } = await connect().createItem(draft(target, { fields: { team: ['web'] } }), writing());
    expect(redmine.issues.get(item.id)?.custom).toMatchObject({ 2: 'web' });
  });

  it('reports what Redmine left out of a create', async () => {
    const { connect, redmine, target } = await setUp();
    redmine.set({ permissions: ['view_issues', 'add_issues'] });
    const parent = redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const odd = { ...target, statusId: 3, parentIssueId: parent.id };
    const { warnings } = await connect().createItem(draft(odd, { fields: { cf_99: ['x'] } }), writing());
    expect(warnings).toEqual([
      expect.stringContaining('Redmine gave it the status "New"'),
      expect.stringContaining('Redmine put it under no issue'),
      expect.stringContaining('did not take the custom field 99'),
    ]);
  });

  it('names the field that Redmine requires, and says when the key may not add issues to a project', async () => {
    const { connect, redmine, target } = await setUp();
    redmine.addField({ name: 'Severity', required: true });
    const message = async (at: unknown) => {
      const error: unknown = await connect()
        .createItem(draft(at), writing())
        .catch((reason: unknown) => reason);
      return String(error);
    };
    expect(await message(target)).toContain('Redmine requires a value for "Severity"');
    redmine.set({ permissions: ['view_issues'] });
    expect(await message(target)).toContain('the key may not add issues to the project');
  });

  it('a note that Redmine answers with 204 and does not add is a refusal', async () => {
    const { connect, redmine } = await setUp();
    const { id } = redmine.createIssue(issueBy(API_USER_ID), 'api');
    redmine.set({ permissions: ['view_issues', 'edit_issues'] });
    const posted = connect().comments?.post({ id, scope: null }, { text: 'Hello', marker: 'craftsync:a#b' }, writing());
    await expect(posted).rejects.toMatchObject({ kind: 'invalid' });
    expect(redmine.journalsOf(id)).toEqual([]);
  });

  it('a note quotes nothing that Redmine would act on', async () => {
    const { connect, redmine } = await setUp();
    const { id } = redmine.createIssue(issueBy(API_USER_ID), 'api');
    const text = 'see #12, {{include(x)}}, [[Page]] and @dana';
    await connect().comments?.post({ id, scope: null }, { text, marker: 'craftsync:a#b' }, writing());
    const [note] = redmine.journalsOf(id);
    expect(note?.notes).toMatch(/\n\ncraftsync:a#b$/);
    for (const sign of ['#12', '{{', '[[', '@dana']) expect(note?.notes).not.toContain(sign);
  });

  it('accepts as a parent what Redmine would accept, and says why not', async () => {
    const { connect, redmine, target } = await setUp();
    const accepts = (id: string) =>
      connect().hierarchy?.accepts(target, { id, key: null, url: null, scope: null }, read);
    const { id } = redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    expect(await accepts(id)).toEqual({ accepted: true });
    const closed = redmine.createIssue(issueBy(DEVELOPER_ID, { statusId: 5 }), 'developer');
    expect(await accepts(closed.id)).toMatchObject({
      why: `#${closed.id} is closed, and Redmine puts no open issue under it`,
    });
    const elsewhere = redmine.createIssue(issueBy(DEVELOPER_ID, { projectId: '2' }), 'developer');
    expect(await accepts(elsewhere.id)).toMatchObject({ why: `#${elsewhere.id} is in another project` });
    expect(await accepts('4711')).toMatchObject({ accepted: false });
    redmine.set({ trackersWithout: { 2: ['parent_issue_id'] } });
    expect(await accepts(id)).toMatchObject({ why: 'the tracker "Feature" has no parent task' });
  });

  it('lists what Redmine requires, as far as the key can see it', async () => {
    const { connect, redmine, target } = await setUp();
    redmine.addField({ name: 'Severity', required: true });
    redmine.addField({ name: 'For bugs', required: true, trackerIds: [1] });
    expect(await connect().requiredFields?.list(target, read)).toEqual([]);
    redmine.set({ admin: true });
    expect(await connect().requiredFields?.list(target, read)).toEqual([
      { name: 'Severity', otherNames: ['cf_3', '3'], why: 'required by the custom field 3 in Redmine' },
    ]);
  });
});
