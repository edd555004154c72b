import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

function problemsWith(pipeline: Readonly<Record<string, string | null>>): readonly string[] {
  return problemsOf(configurationText({ pipeline })).map((line) => line.replace(/ \(line \d+\)/, ''));
}

describe('config/schema/pipelines', () => {
  it.each([
    ['{}', 'pipelines.mobile.source: give exactly one of workspace, portfolio, feedbackPortal'],
    [
      '{ workspace: "1", portfolio: "2" }',
      'pipelines.mobile.source: give exactly one of workspace, portfolio, feedbackPortal',
    ],
    ['{ workspce: "1" }', 'pipelines.mobile.source.workspce: unknown key; did you mean "workspace"?'],
    [null, 'pipelines.mobile.source: is required'],
  ])('refuses the source %s', (source, message) => {
    expect(problemsWith({ source })).toEqual([message]);
  });

  it('refuses a readiness rule that every item meets', () => {
    expect(problemsWith({ ready: '{}' })).toEqual([
      'pipelines.mobile.ready: is empty, so every item would be handed over: give a status, types or where',
    ]);
    expect(problemsWith({ ready: '{ types: [] }' })).toEqual(['pipelines.mobile.ready.types: needs at least 1 entry']);
  });

  it('reads types and conditions instead of a status', () => {
    const ready =
      '{ types: [Story], where: [{ field: customFields.team, equals: mobile }, { field: score, equals: 3 }] }';
    expect(load(configurationText({ pipeline: { ready } })).settings.pipelines['mobile']?.ready).toEqual({
      status: null,
      types: ['Story'],
      where: [
        { field: 'customFields.team', equals: 'mobile' },
        { field: 'score', equals: 3 },
      ],
    });
  });

  it('lets the connector check the target', () => {
    expect(problemsWith({ target: '{ devTool: km, spaceid: 4 }' })).toContain(
      'pipelines.mobile.target.spaceid: unknown key; did you mean "spaceId"?',
    );
    expect(problemsWith({ target: '{ devTool: km, statusId: s, spaceId: 4 }' })).toEqual([
      'pipelines.mobile.target.spaceId: expected a text, not 4: put it in quotes',
    ]);
  });

  it('refuses lock and progress where Craft.io cannot be written to, and says why', () => {
    expect(problemsWith({ source: '{ feedbackPortal: "5" }' })).toEqual([
      'pipelines.mobile.progress.field: cannot be used with a feedback portal, since Craft.io has no way to write to its items: take it out',
      'pipelines.mobile.lock: cannot be used with a feedback portal, since Craft.io has no way to write to its items: take it out',
    ]);
    const { settings } = load(
      configurationText({ pipeline: { source: '{ feedbackPortal: "5" }', progress: null, lock: null } }),
    );
    expect(settings.pipelines['mobile']).toMatchObject({ source: { feedbackPortal: '5' }, progress: null, lock: null });
  });

  it('reads only when items are done for a feedback portal, and writes nothing', () => {
    const progress = '{ statuses: { Done: Finished }, doneWhen: [Finished] }';
    const { settings } = load(
      configurationText({ pipeline: { source: '{ feedbackPortal: "5" }', progress, lock: null } }),
    );
    expect(settings.pipelines['mobile']).toMatchObject({
      progress: { field: null, linkField: null, keyField: null, stateField: null, doneWhen: ['Finished'] },
      lock: null,
    });
  });

  it('requires lock and progress everywhere else', () => {
    expect(problemsWith({ progress: null, lock: null })).toEqual([
      'pipelines.mobile.progress: is required',
      'pipelines.mobile.lock: is required',
    ]);
  });

  it("takes the pipeline's time zone, else its dev tool's, else UTC", () => {
    const devTool = (more: string) => `{ type: kitemaker, baseUrl: "https://km.test", apiKey: k${more} }`;
    const zoneOf = (tool: string, pipeline: Record<string, string>) =>
      load(configurationText({ devTool: devTool(tool), pipeline })).settings.pipelines['mobile']?.timeZone;
    expect(zoneOf('', {})).toBe('UTC');
    expect(zoneOf(', timeZone: europe/berlin', {})).toBe('Europe/Berlin');
    expect(zoneOf(', timeZone: Europe/Berlin', { timeZone: 'America/New_York' })).toBe('America/New_York');
    expect(problemsWith({ timeZone: 'Berlin' })).toEqual([
      'pipelines.mobile.timeZone: "Berlin" is no time zone: write an IANA name such as "Europe/Berlin" or "UTC"',
    ]);
    expect(problemsWith({ timeZone: '"+02:00"' })).toHaveLength(1);
  });

  it('names the choices when a word is not one of them', () => {
    expect(problemsWith({ onDevItemDeleted: 'delete', feedback: 'lnk', alsoHandedOver: 'si' })).toEqual([
      'pipelines.mobile.onDevItemDeleted: "delete" is not one of flag, release, recreate',
      'pipelines.mobile.feedback: "lnk" is not one of none, link; did you mean "link"?',
      'pipelines.mobile.alsoHandedOver: "si" is neither true nor false',
    ]);
  });
});
