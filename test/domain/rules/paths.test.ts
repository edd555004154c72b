import { describe, expect, it } from 'vitest';
import { idText, readPath, readValues } from '../../../domain/rules/paths.js';
import { itemWith } from '../../fixtures/craftItems.js';

describe('domain/rules/paths', () => {
  it('reads numbers and booleans as text, zero and false too', () => {
    const item = itemWith({}, { effort: 0, storyPoints: 2.5, flag: false });
    expect([readPath(item, 'effort'), readPath(item, 'storyPoints'), readPath(item, 'flag')]).toEqual([
      '0',
      '2.5',
      'false',
    ]);
  });

  it('reads an object by its name, else its title, and its parts by a longer path', () => {
    const item = itemWith({}, { importance: { id: '7', name: 'High' }, parent: { id: '9', title: 'Theming' } });
    expect(readPath(item, 'importance')).toBe('High');
    expect(readPath(item, 'importance.id')).toBe('7');
    expect(readPath(item, 'parent')).toBe('Theming');
    expect(readPath(itemWith({}, { assignee: { id: '1', team: 'Apps', user: 'Ann' } }), 'assignee')).toBe('Ann');
  });

  it('joins a list, and gives its values one by one', () => {
    const item = itemWith({}, { labels: ['ios', 'android'], objectives: [{ id: '1', name: 'Grow' }, null] });
    expect(readPath(item, 'labels')).toBe('ios, android');
    expect(readValues(item, 'labels')).toEqual(['ios', 'android']);
    expect(readPath(item, 'objectives')).toBe('Grow');
  });

  it('has nothing where a value is missing, null, blank or an empty list', () => {
    const item = itemWith({ description: null }, { a: null, b: '', c: ' \n', d: [], e: {} });
    for (const path of ['a', 'b', 'c', 'd', 'e', 'nowhere', 'nowhere.deeper', 'description', '']) {
      expect(readPath(item, path)).toBeNull();
    }
  });

  it('does not find what every object inherits', () => {
    const item = itemWith({}, { value: {} });
    for (const path of ['constructor', 'toString', '__proto__', 'value.constructor.name']) {
      expect(readPath(item, path)).toBeNull();
    }
  });

  it('reads the item itself where it carries no properties', () => {
    expect(readPath(itemWith(), 'title')).toBe('Dark mode');
    expect(readPath(itemWith(), 'status')).toBe('Ready for Development');
    expect(readPath(itemWith(), 'status.id')).toBe('2305843009928936743');
  });

  it('finds a custom field by name or id, and an id before a name that is spelt like it', () => {
    const item = itemWith({
      customFields: [
        { id: '11', name: 'dev_status', value: 'by name' },
        { id: 'dev_status', name: 'Other', value: 'by id' },
        { id: '12', name: 'Team v1.2', value: 'mobile' },
      ],
    });
    expect(readPath(item, 'customFields.dev_status')).toBe('by id');
    expect(readPath(item, 'customFields.11')).toBe('by name');
    expect(readPath(item, 'customFields.Team v1.2')).toBe('mobile');
    expect(readPath(item, 'customFields.nothing')).toBeNull();
  });

  it('gives the several values of a custom field one by one', () => {
    const item = itemWith(
      { customFields: [{ id: '11', name: 'team', value: 'mobile, web' }] },
      { customFields: [{ id: '11', values: ['mobile', 'web'] }] },
    );
    expect(readValues(item, 'customFields.team')).toEqual(['mobile', 'web']);
  });

  it('finds the values of a custom field whose id Craft.io sent as a number', () => {
    const item = itemWith(
      { customFields: [{ id: '7', name: 'team', value: 'mobile, web' }] },
      { customFields: [{ id: 7, values: ['mobile', 'web'] }] },
    );
    expect(readValues(item, 'customFields.team')).toEqual(['mobile', 'web']);
  });

  it('takes an id as text or as an exact number, and nothing else', () => {
    expect(['7', 7, 2 ** 60, '', null, {}].map((id) => idText(id))).toEqual(['7', '7', null, null, null, null]);
  });

  it('does not throw for values of unexpected types', () => {
    const odd = { deep: { name: { name: { name: { name: { name: 'x' } } } } } } as unknown as string;
    const item = itemWith(
      { customFields: [{ id: '11', name: 'team', value: odd }] },
      { customFields: 'none', labels: 3 },
    );
    expect(readPath(item, 'customFields.team')).toBeNull();
    expect(readValues(item, 'customFields.team')).toEqual([]);
    expect(readValues(item, 'labels')).toEqual(['3']);
  });
});
