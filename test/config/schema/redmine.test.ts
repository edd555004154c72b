import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

const devTool = (more = '') => `{ type: redmine, baseUrl: "https://rm.test/redmine", apiKey: k${more} }`;

function text(more: { devTool?: string; target?: string; fields?: string } = {}): string {
  const target = more.target ?? '{ devTool: km, projectId: mobile }';
  const pipeline = { target, ...(more.fields === undefined ? {} : { fields: more.fields }) };
  return configurationText({ devTool: more.devTool ?? devTool(), pipeline });
}

describe('config/schema/redmine: for Redmine', () => {
  it('takes ids as numbers or text, and Textile where nothing is said', () => {
    const target = '{ devTool: km, projectId: 3, trackerId: 2, statusId: "1", markerField: 12, parentIssueId: 100 }';
    const { settings } = load(text({ target }));
    expect(settings.devTools['km']?.own).toEqual({ textFormatting: 'textile' });
    expect(settings.pipelines['mobile']?.target).toEqual({
      projectId: '3',
      trackerId: '2',
      statusId: '1',
      markerField: '12',
      parentIssueId: '100',
    });
  });

  it('takes any name on the left of fields: Redmine has fields of its own', () => {
    const { settings } = load(text({ fields: '{ Severity: { from: importance }, cf_4: "{shortId}" }' }));
    expect(Object.keys(settings.pipelines['mobile']?.fields ?? {})).toEqual([
      'title',
      'description',
      'Severity',
      'cf_4',
    ]);
  });

  it('names what is wrong and what would be right', () => {
    expect(problemsOf(text({ devTool: devTool(', textFormatting: markdwon') }))[0]).toMatch(/textFormatting.*markdwon/);
    expect(problemsOf(text({ target: '{ devTool: km, projectId: p, trackerId: Bug }' }))[0]).toContain(
      'write the number that Redmine shows in its address, e.g. 3',
    );
    expect(problemsOf(text({ target: '{ devTool: km }' }))).toEqual([
      expect.stringMatching(/^pipelines\.mobile\.target\.projectId .*is required/),
    ]);
    expect(problemsOf(text({ target: '{ devTool: km, projectId: p, traker: 1 }' }))[0]).toContain(
      'did you mean "trackerId"?',
    );
  });
});
