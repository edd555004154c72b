import { describe, expect, it } from 'vitest';
import { read } from '../conformance/calls.js';
import { DEVELOPER_ID, issueBy, setUp, type SetUp } from './setUp.js';

/** The findings that are wrong or doubtful, as `where: message`. */
async function complaints(at: SetUp, target: object = {}, more: object = {}): Promise<readonly string[]> {
  const pipeline = { ...at.pipeline, target: { ...at.target, ...target }, ...more };
  const findings = await at.connect().check([pipeline], read);
  return findings.filter(({ level }) => level !== 'ok').map(({ where, message }) => `${where}: ${message}`);
}

describe('connectors/redmine/check', () => {
  it('finds nothing wrong where nothing is', async () => {
    const at = await setUp();
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    expect(await complaints(at)).toEqual([]);
  });

  it('says in which markup texts are written, since Redmine does not show which it uses', async () => {
    const at = await setUp();
    const findings = await at.connect({ textFormatting: 'common_mark' }).check([at.pipeline], read);
    expect(findings).toContainEqual({
      level: 'ok',
      where: 'devTools.tool.textFormatting',
      message: expect.stringMatching(
        /^texts are written in CommonMark; it must match Redmine's Administration/,
      ) as string,
    });
  });

  it('warns of an administrator, and names rights that the role lacks or has too many of', async () => {
    const at = await setUp();
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    at.redmine.set({ permissions: ['view_issues', 'delete_issues'] });
    expect(await complaints(at)).toEqual([
      'devTools.tool.apiKey: the role "craftsync" in "Mobile" lacks the right "Add issues"',
      'devTools.tool.apiKey: the role "craftsync" in "Mobile" lacks the right "Add notes": no comments are made',
      'devTools.tool.apiKey: the role "craftsync" in "Mobile" has more rights than are needed: "Delete issues"',
    ]);
    at.redmine.set({ admin: true });
    expect(await complaints(at)).toEqual([
      expect.stringMatching(/^devTools\.tool\.apiKey: the key is an administrator's/),
    ]);
  });

  it('names a wrong key, project, tracker and status, and the nearest of each', async () => {
    const at = await setUp();
    const wrong = await at.connect({}, 'wrong').check([at.pipeline], read);
    expect(wrong).toMatchObject([{ level: 'wrong', where: 'devTools.tool.apiKey' }]);
    expect(await complaints(at, { projectId: 'mobil' })).toEqual([
      expect.stringMatching(/^pipelines\.mobile\.target\.projectId: the key sees no project "mobil"/),
    ]);
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const other = await complaints(at, { trackerId: '4', statusId: '7', markerField: undefined });
    expect(other).toEqual([
      expect.stringMatching(/trackerId: Redmine has no tracker 4; the nearest is "\w+", \d$/),
      expect.stringMatching(/statusId: Redmine has no status 7; the nearest is "[\w ]+", \d$/),
    ]);
    expect(await complaints(at, { projectId: 'web', trackerId: '3', markerField: undefined })).toEqual([
      expect.stringMatching(/trackerId: "Support" is not enabled in the project; the nearest is "\w+", \d$/),
    ]);
    expect(await complaints(at, { statusId: '5' })).toEqual([
      'pipelines.mobile.target.statusId: "Closed" is a closed status: issues would be created done',
    ]);
  });

  it('finds out whether the marker has a place: with an administrator by the field, else by issues', async () => {
    const at = await setUp();
    const plain = at.redmine.addField({ name: 'Plain' });
    const bugs = at.redmine.addField({ name: 'Bugs', filter: true, trackerIds: [1] });
    const about = async (markerField: string) => complaints(at, { markerField });
    expect(await about(at.target.markerField)).toEqual([
      expect.stringContaining('the project has no issue of the tracker yet'),
    ]);
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    expect(await about(plain.id)).toEqual([
      expect.stringContaining('the custom field "Plain" is not used as a filter'),
    ]);
    expect(await about(bugs.id)).toEqual([expect.stringContaining(`do not have the custom field ${bugs.id}`)]);
    at.redmine.set({ admin: true });
    const asAdministrator = async (id: string) => (await about(id)).filter((line) => line.includes('markerField'));
    expect(await asAdministrator(at.target.markerField)).toEqual([]);
    expect(await asAdministrator(plain.id)).toEqual([expect.stringContaining('is not used as a filter')]);
    expect(await asAdministrator(bugs.id)).toEqual([expect.stringContaining('is not for the tracker "Feature"')]);
    expect(await asAdministrator('2')).toEqual([
      expect.stringContaining('is not a text field (list)'),
      expect.stringContaining('is not used as a filter'),
    ]);
    expect(await asAdministrator('77')).toEqual([expect.stringContaining('Redmine has no custom field 77')]);
  });

  it('a tracker without a description has no place for the marker', async () => {
    const at = await setUp();
    at.redmine.set({ trackersWithout: { 2: ['description'] } });
    expect(await complaints(at, { markerField: undefined })).toEqual([
      expect.stringContaining('"Feature" has no description, which would hold the marker'),
    ]);
  });

  it('names words of the mappings that do not exist in Redmine', async () => {
    const at = await setUp();
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    const from = (values: Record<string, string> | null) => ({ from: 'importance', values, required: false });
    const fields = {
      ...at.pipeline.fields,
      priority_id: from({ a: 'Hihg', b: '9', c: 'low' }),
      Teem: from(null),
      cf_1: from(null),
    };
    const progress = { ...at.pipeline.progress, statuses: { New: 'To do', Finished: 'Done' }, unmapped: 'block' };
    expect(await complaints(at, {}, { fields, progress })).toEqual([
      'pipelines.mobile.fields.priority_id.values: Redmine has no priority "Hihg"; the nearest is "High"',
      expect.stringContaining('Redmine has no priority "9"'),
      expect.stringMatching(/^pipelines\.mobile\.fields\.Teem: no custom field "Teem" is seen.*the nearest is "Team"/),
      'pipelines.mobile.fields.cf_1: is the marker field (target.markerField): take it out of fields',
      expect.stringContaining('Redmine has no status "Finished"'),
      expect.stringContaining('without an entry: "In Progress"'),
    ]);
  });

  it('says that a project is closed, and what a parent lacks', async () => {
    const at = await setUp();
    at.redmine.addProject({ identifier: 'past', name: 'Past', status: 'closed' });
    at.redmine.createIssue(issueBy(DEVELOPER_ID), 'developer');
    expect(await complaints(at, { projectId: 'past' })).toEqual(
      expect.arrayContaining(['pipelines.mobile.target.projectId: the project "Past" is closed: reopen it']),
    );
    expect(await complaints(at, { parentIssueId: '4711' })).toEqual([
      expect.stringMatching(/^pipelines\.mobile\.target\.parentIssueId: .*404/),
    ]);
  });
});
