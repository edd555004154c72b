import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

function fieldsOf(fields: string) {
  return load(configurationText({ pipeline: { fields } })).settings.pipelines['mobile']?.fields;
}

function problemOf(fields: string): readonly string[] {
  return problemsOf(configurationText({ pipeline: { fields } })).map((line) => line.replace(' (line 11)', ''));
}

describe('config/schema/fields', () => {
  it('reads templates, sources and tables of values, numbers as text', () => {
    expect(
      fieldsOf(
        '{ title: "{shortId} {title}", effort: { from: customFields.size, values: { 1: small, true: 2 }, required: true } }',
      ),
    ).toEqual({
      title: { template: '{shortId} {title}' },
      description: { from: 'description', values: null, required: false },
      effort: { from: 'customFields.size', values: { '1': 'small', true: '2' }, required: true },
    });
  });

  it('names the nearest field that the dev tool has', () => {
    expect(problemOf('{ efort: "{x}", color: "{y}" }')).toEqual([
      'pipelines.mobile.fields.efort: the dev tool has no such field; did you mean "effort"?',
      'pipelines.mobile.fields.color: the dev tool has no such field; known: title, description, effort, impact',
    ]);
  });

  it.each([
    ['{ title: "{title" }', 'title: "{title" has a { that is not closed: write for example "{title}"'],
    ['{ title: "a {} b" }', 'title: "a {} b" has braces without a Craft.io field in them: write for example "{title}"'],
    [
      '{ title: "{customFields.}" }',
      'title: "{customFields.}" has braces without a Craft.io field in them: write for example "{title}"',
    ],
    ['{ title: }', 'title: is empty: give a value, or take the line out'],
    ['{ title: 5 }', 'title: expected a template such as "{title}", or { from: … }, not 5'],
    ['{ title: { form: x } }', 'title.from: is required'],
    [
      '{ title: { from: customFields } }',
      'title.from: "customFields" does not say which field: write "customFields.<name or id>"',
    ],
    [
      '{ effort: { from: x, values: {} } }',
      'effort.values: is an empty table, which would block every item: fill it, or take it out',
    ],
    ['{ effort: { from: x, required: maybe } }', 'effort.required: "maybe" is neither true nor false'],
  ])('refuses %s', (fields, message) => {
    expect(problemOf(fields)[0]).toBe(`pipelines.mobile.fields.${message}`);
  });
});
