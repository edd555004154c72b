import { describe, expect, it } from 'vitest';
import { pathsOf, renderFields } from '../../../domain/rules/fields.js';
import { itemWith, pipelineWith } from '../../fixtures/craftItems.js';

const effort = { from: 'effort', values: { '1': 'small', '2': 'medium', '3': 'large' }, required: false };

describe('domain/rules/fields', () => {
  it('fills templates and tables, and leaves out what is empty', () => {
    const pipeline = pipelineWith({ effort, impact: { from: 'value', values: null, required: false } });
    expect(renderFields(itemWith({}, { effort: 2 }), pipeline)).toEqual({
      status: 'rendered',
      title: 'CRK-1 Dark mode',
      description: 'All screens.',
      fields: { effort: ['medium'] },
    });
  });

  it('renders a placeholder that names nothing as empty', () => {
    const pipeline = pipelineWith({ title: { template: '{nothing} {title} ({customFields.team})' } });
    expect(renderFields(itemWith(), pipeline)).toMatchObject({ title: 'Dark mode ()' });
  });

  it('does not read placeholders out of the values it has filled in', () => {
    const item = itemWith({ title: 'Show {shortId} and $& there' });
    expect(renderFields(item, pipelineWith())).toMatchObject({ title: 'CRK-1 Show {shortId} and $& there' });
  });

  it('blocks a required field without a value, by its name', () => {
    const pipeline = pipelineWith({ effort: { ...effort, required: true } });
    expect(renderFields(itemWith(), pipeline)).toEqual({
      status: 'blocked',
      reason: 'missing-field',
      message: 'Effort is empty',
    });
    const noted = pipelineWith({ noteContent: { from: 'customFields.team', values: null, required: true } });
    expect(renderFields(itemWith(), noted)).toMatchObject({
      message: 'customFields.team is empty, which fields.noteContent needs',
    });
  });

  it('blocks a value that its table does not have, also one that every object inherits', () => {
    const pipeline = pipelineWith({ effort });
    expect(renderFields(itemWith({}, { effort: 9 }), pipeline)).toEqual({
      status: 'blocked',
      reason: 'value-unmapped',
      message: 'effort "9" has no entry in fields.effort.values (known: 1, 2, 3)',
    });
    expect(renderFields(itemWith({}, { effort: 'constructor' }), pipeline)).toMatchObject({ reason: 'value-unmapped' });
  });

  it('takes an entry for the empty value where the table has one', () => {
    const pipeline = pipelineWith({ effort: { from: 'effort', values: { '': 'small' }, required: true } });
    expect(renderFields(itemWith(), pipeline)).toMatchObject({ fields: { effort: ['small'] } });
  });

  describe('with several values', () => {
    const platforms = { from: 'customFields.platforms', values: null, required: false };
    const list = (...values: unknown[]) =>
      itemWith(
        { customFields: [{ id: '9', name: 'platforms', value: values.join(', ') }] },
        { customFields: [{ id: '9', name: 'platforms', values }] },
      );
    const inTable = (values: Record<string, string>) => pipelineWith({ platforms: { ...platforms, values } });

    it('hands them over one by one, each through the table', () => {
      expect(renderFields(list('iOS', 'Android'), pipelineWith({ platforms }))).toMatchObject({
        fields: { platforms: ['iOS', 'Android'] },
      });
      expect(
        renderFields(list('iOS', 'Android', 'Web'), inTable({ iOS: 'phone', Android: 'phone', Web: '' })),
      ).toMatchObject({
        fields: { platforms: ['phone'] },
      });
    });

    it('names the one that the table lacks', () => {
      expect(renderFields(list('iOS', 'Windows'), inTable({ iOS: 'phone' }))).toMatchObject({
        reason: 'value-unmapped',
        message: 'customFields.platforms "Windows" has no entry in fields.platforms.values (known: iOS)',
      });
    });

    it('takes an entry for all of them together first', () => {
      expect(renderFields(list('iOS', 'Android'), inTable({ 'iOS, Android': 'both' }))).toMatchObject({
        fields: { platforms: ['both'] },
      });
    });

    it('joins them in a template, and counts a list without a value as empty', () => {
      const joined = pipelineWith({ note: { template: 'For {customFields.platforms}' } });
      expect(renderFields(list('iOS', 'Android'), joined)).toMatchObject({ fields: { note: ['For iOS, Android'] } });
      expect(renderFields(list(), pipelineWith({ platforms: { ...platforms, required: true } }))).toMatchObject({
        reason: 'missing-field',
      });
    });
  });

  it.each(['\u200b', '\u200e\u200f', '\u00ad', '\u3164', '\u2800', '\ufeff\u00a0', '\u{e0041}', '\u115f\u1160'])(
    'takes a title of signs that nobody sees for empty: %j',
    (title) => {
      expect(renderFields(itemWith({ title }), pipelineWith({ title: { template: '{title}' } }))).toMatchObject({
        message: 'Title is empty',
      });
    },
  );

  it('blocks a title that is empty after rendering', () => {
    const pipeline = pipelineWith({ title: { template: ' {title} ' } });
    expect(renderFields(itemWith({ title: '  ' }), pipeline)).toMatchObject({
      status: 'blocked',
      reason: 'missing-field',
      message: 'Title is empty',
    });
  });

  it('never puts a title or a description into a message', () => {
    const pipeline = pipelineWith({ effort: { from: 'title', values: { a: 'b' }, required: false } });
    const rendered = renderFields(itemWith({ title: 'Secret plan' }), pipeline);
    expect(rendered).toMatchObject({ reason: 'value-unmapped' });
    expect(JSON.stringify(rendered)).not.toContain('Secret plan');
  });

  it('names every path that fields draw on, each once, those of templates too', () => {
    const pipeline = pipelineWith({ impact: { template: '{value}/{customFields.team}/{title}' } });
    expect(pathsOf(pipeline)).toEqual(['shortId', 'title', 'description', 'value', 'customFields.team']);
  });
});
