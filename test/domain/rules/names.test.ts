import { describe, expect, it } from 'vitest';
import { allNamed, keyNamed, named, sameName, tidied } from '../../../domain/rules/names.js';

describe('domain/rules/names', () => {
  it.each([
    ['a no-break space', 'Ready\u00a0for Development'],
    ['a narrow no-break space', 'Ready\u202ffor Development'],
    ['two blanks', 'Ready  for Development'],
    ['blanks around it', ' Ready for Development\t'],
    ['a zero-width space', 'Ready for \u200bDevelopment'],
    ['a byte order mark', '\ufeffReady for Development'],
    ['a soft hyphen', 'Ready for Develop\u00adment'],
    ['a direction mark', '\u200eReady for Development\u202c'],
    ['full-width letters', 'Ｒeady for Development'],
  ])('takes a name with %s for the same', (_, name) => {
    expect(sameName(name, 'Ready for Development')).toBe(true);
  });

  it('takes composed and decomposed letters for the same', () => {
    expect(sameName('Gepru\u0308ft', 'Gepr\u00fcft')).toBe(true);
  });

  it('keeps apart what people see as different', () => {
    expect(sameName('Ready', 'ready')).toBe(false);
    expect(sameName('Ready for QA', 'Ready forQA')).toBe(false);
    expect(sameName('1.10', '1.1')).toBe(false);
  });

  it('prefers the exact name to one that looks the same', () => {
    const things = [{ name: 'In\u00a0Progress' }, { name: 'In Progress' }];
    expect(named(things, 'In Progress')).toBe(things[1]);
    expect(allNamed(things, 'In  Progress')).toEqual(things);
    expect(keyNamed({ 'In\u00a0Progress': 1, 'In Progress': 2 }, 'In Progress')).toBe('In Progress');
    expect(keyNamed({ 'In Progress': 2 }, 'In\u00a0Progress')).toBe('In Progress');
    expect(keyNamed({}, 'toString')).toBeNull();
  });

  it('leaves emoji and blanks inside a name as they are when it tidies it', () => {
    expect(tidied('\ufeffReady\u00a0\u200bnow 👩‍💻 ⚙️')).toBe('Ready now 👩‍💻 ⚙️');
  });
});
