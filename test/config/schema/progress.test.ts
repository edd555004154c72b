import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

function problemsWith(pipeline: Readonly<Record<string, string>>): readonly string[] {
  return problemsOf(configurationText({ pipeline })).map((line) => line.replace(/ \(line \d+\)/, ''));
}

describe('config/schema/progress', () => {
  it('reads everything that can be written back', () => {
    const progress =
      '{ field: 77, linkField: link, keyField: key, stateField: state, statuses: { 1: To do, "In Progress": Doing }, unmapped: block, doneWhen: [Doing], droppedWhen: [To do], onDropped: release }';
    const lock =
      '{ status: Locked, field: l, value: View only, released: Open, releasedStatus: Ready, onDrift: revert }';
    expect(load(configurationText({ pipeline: { progress, lock } })).settings.pipelines['mobile']).toMatchObject({
      progress: {
        field: '77',
        linkField: 'link',
        keyField: 'key',
        stateField: 'state',
        statuses: { '1': 'To do', 'In Progress': 'Doing' },
        unmapped: 'block',
        doneWhen: ['Doing'],
        droppedWhen: ['To do'],
        onDropped: 'release',
      },
      lock: {
        status: 'Locked',
        field: 'l',
        value: 'View only',
        released: 'Open',
        releasedStatus: 'Ready',
        onDrift: 'revert',
      },
    });
  });

  it('refuses a word of doneWhen that can never come up', () => {
    const statuses = '{ Closed: Done, Open: To do }';
    expect(
      problemsWith({ progress: `{ field: f, statuses: ${statuses}, unmapped: ignore, doneWhen: [Dnoe] }` }),
    ).toEqual([
      'pipelines.mobile.progress.doneWhen[0]: "Dnoe" can never come up, since no status is mapped to it; did you mean "Done"?',
    ]);
    expect(problemsWith({ progress: `{ field: f, statuses: ${statuses}, doneWhen: [Done, Closed] }` })).toEqual([
      'pipelines.mobile.progress.doneWhen[1]: "Closed" can never come up, since statuses turns it into "Done": write the word on the right',
    ]);
  });

  it('only warns about a word that the tool itself may have, since unmapped words are kept', () => {
    const progress = '{ field: f, statuses: { Closed: Done }, doneWhen: [Done], droppedWhen: [Dropped] }';
    expect(load(configurationText({ pipeline: { progress } })).warnings).toEqual([
      'pipelines.mobile.progress.droppedWhen[0]: no status is mapped to "Dropped": it counts only if the dev tool has a status with exactly this name',
    ]);
  });

  it('warns when items would be followed forever', () => {
    expect(load(configurationText({ pipeline: { progress: '{ field: f }' } })).warnings).toEqual([
      'pipelines.mobile.progress.doneWhen: is not given, so items are followed forever and never count as done',
    ]);
  });

  it('refuses a word that means done and dropped at once', () => {
    const progress = '{ field: f, statuses: { A: Done }, doneWhen: [Done], droppedWhen: [Done] }';
    expect(problemsWith({ progress })).toEqual([
      'pipelines.mobile.progress.droppedWhen[0]: "Done" is also in doneWhen: an item is either done or dropped',
    ]);
  });

  it('refuses an empty table where no other status passes', () => {
    expect(problemsWith({ progress: '{ field: f, unmapped: block }' })).toEqual([
      'pipelines.mobile.progress.statuses: is empty, and unmapped: block lets no status pass: fill the table',
    ]);
  });

  it('refuses to write two values into one custom field', () => {
    expect(problemsWith({ progress: '{ field: dev_lock, linkField: l, keyField: l }' })).toEqual([
      'pipelines.mobile.progress.keyField: "l" is also pipelines.mobile.progress.linkField: give each its own custom field',
      'pipelines.mobile.lock.field: "dev_lock" is also pipelines.mobile.progress.field: give each its own custom field',
    ]);
  });

  it('refuses a release that would leave the lock in place', () => {
    expect(problemsWith({ lock: '{ field: l, value: View only, released: View only }' })).toEqual([
      'pipelines.mobile.lock.released: "View only" is also the lock\'s value: a released item would stay locked',
    ]);
  });
});
