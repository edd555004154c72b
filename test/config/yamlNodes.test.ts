import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../fixtures/configurationFile.js';

function mobileOf(pipeline: Readonly<Record<string, string>>) {
  const configuration = load(configurationText({ pipeline }));
  return { pipeline: configuration.settings.pipelines['mobile'], warnings: configuration.warnings };
}

describe('config/yamlNodes', () => {
  it.each([
    '1.10',
    '007',
    '0x1F',
    '0o17',
    '1e3',
    '+5',
    '.5',
    '5.',
    '.inf',
    '.nan',
    '-0',
    '1E400',
    '12345678901234567890.5',
  ])('compares with %s as it is written, although YAML takes it for a number', (source) => {
    const { pipeline } = mobileOf({ ready: `{ where: [{ field: version, equals: ${source} }] }` });
    expect(pipeline?.ready.where).toEqual([{ field: 'version', equals: source }]);
  });

  it('keeps plain numbers and booleans', () => {
    const where = '{ where: [{ field: a, equals: 12 }, { field: b, equals: 1.5 }, { field: c, equals: true }] }';
    expect(mobileOf({ ready: where }).pipeline?.ready.where.map(({ equals }) => equals)).toEqual([12, 1.5, true]);
  });

  it('keeps the names of a table as they are written, and 1 and 1.0 apart', () => {
    const statuses = '{ 1.10: a, 2.0: b, 1: c, 1.0: d, 007: e, true: f, null: g, Null: h, yes: i }';
    const { pipeline } = mobileOf({ progress: `{ field: x, statuses: ${statuses}, doneWhen: [a] }` });
    expect(pipeline?.progress?.statuses).toEqual({
      '1.10': 'a',
      '2.0': 'b',
      '1': 'c',
      '1.0': 'd',
      '007': 'e',
      true: 'f',
      null: 'g',
      Null: 'h',
      yes: 'i',
    });
  });

  it.each(['null', 'Null', 'NULL', '~', ''])('takes %j for no value, as YAML does', (nothing) => {
    const progress = `{ field: x, statuses: { a: b }, doneWhen: [b], linkField: ${nothing} }`;
    expect(problemsOf(configurationText({ pipeline: { progress } }))).toEqual([
      'pipelines.mobile.progress.linkField (line 9): is empty: give a value, or take the line out',
    ]);
  });

  it('takes numbers of calls in any way of writing them', () => {
    const craft = '{ baseUrl: "https://c.test", apiKey: k, rateLimit: { perMinute: 60.0, burst: 0010 } }';
    expect(load(configurationText({ craft })).settings.craft.rateLimit).toMatchObject({ perMinute: 60, burst: 10 });
  });

  it('keeps words of a table as they are written', () => {
    const { pipeline } = mobileOf({ fields: '{ effort: { from: effort, values: { a: 1.0, b: True, c: 010 } } }' });
    expect(pipeline?.fields['effort']).toMatchObject({ values: { a: '1.0', b: 'True', c: '010' } });
  });

  it.each(['true', 'True', 'TRUE', '"true"'])('takes %s for a yes', (word) => {
    expect(mobileOf({ alsoHandedOver: word }).pipeline?.alsoHandedOver).toBe(true);
    expect(
      mobileOf({ target: `{ devTool: km, spaceId: s, statusId: t, createLabels: ${word} }` }).pipeline?.target,
    ).toMatchObject({ createLabels: true });
  });

  it('takes ids with leading zeros and in the form of powers of ten as they are written', () => {
    expect(mobileOf({ target: '{ devTool: km, spaceId: 0123, statusId: 12e5 }' }).pipeline?.target).toMatchObject({
      spaceId: '0123',
      statusId: '12e5',
    });
  });

  it('warns of a value that ends at a comment without a blank', () => {
    const text = configurationText().replace('{ status: Ready }', '\n      status: Ready #1');
    expect(load(text).warnings).toEqual([
      'line 8: what follows " #" is a comment to YAML; if it belongs to the value, put the whole value in quotes',
    ]);
    expect(load(text.replace('#1', '# by product')).warnings).toEqual([]);
  });

  it.each([
    ['*x', 'line 7: *x stands for what &x names, and nothing is named so: put a value that begins with * in quotes'],
    ['!x y', 'line 7: !x is a tag to YAML: put a value that begins with ! in quotes'],
    ['!!binary aGk=', 'line 7: !!binary is a tag to YAML: put a value that begins with ! in quotes'],
    ['&x', 'line 7: &x names the value after it, and there is none: put a value that begins with & in quotes'],
    [
      '“Ready”',
      'line 7: “ is no quote mark to YAML: write ", or put " around the whole if the name really begins with “',
    ],
    ['&a { b: *a }', 'line 7: *a stands inside what it stands for: write it out'],
    ['&a [*a]', 'line 7: *a stands inside what it stands for: write it out'],
    ['{ __proto__: x }', 'line 7: __proto__ cannot be a name: choose another'],
    ['{ [a, b]: x }', 'line 7: this key is a section or a list: put a name with [ or { in quotes'],
  ])('refuses %s, which YAML would turn into something else', (value, line) => {
    expect(problemsOf(configurationText({ pipeline: { ready: value } }))).toEqual([line]);
  });

  it('finds nothing under the names that every object of JavaScript has', () => {
    const { settings } = load(configurationText());
    expect([settings.pipelines['constructor'], settings.devTools['toString']]).toEqual([undefined, undefined]);
    expect(problemsOf('craft: {}\ndevTools:\n  __proto__: { type: kitemaker }\n')).toEqual([
      'line 3: __proto__ cannot be a name: choose another',
    ]);
  });

  it('says which sign indents a line that only looks indented with blanks', () => {
    expect(problemsOf('craft:\n\u00a0\u00a0baseUrl: x\n')).toEqual([
      'line 2: is indented with the sign U+00A0, which only looks like a blank: use blanks',
    ]);
  });
});
