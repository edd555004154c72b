import { describe, expect, it } from 'vitest';
import { configurationText, load, problemsOf } from '../../fixtures/configurationFile.js';

function craftWith(line: string) {
  return configurationText({ craft: `{ baseUrl: "https://c.test", apiKey: k, ${line} }` });
}

describe('config/schema/values', () => {
  it.each([
    ['90 seconds', 90_000],
    ['1m', 60_000],
    ['1.5 minutes', 90_000],
    [' 2 MINUTES ', 120_000],
    ['0 seconds', 0],
  ])('reads %j as %i ms', (text, expected) => {
    expect(load(craftWith(`freshFor: "${text}"`)).settings.craft.freshForMs).toBe(expected);
  });

  it.each([
    ['60', '60 has no unit: write "60 seconds"'],
    ['"60"', '"60" has no unit: write "60 seconds"'],
    ['5 fortnights', '"5 fortnights" is not a duration: write for example "60 seconds"'],
    ['-5 seconds', '"-5 seconds" is not a duration: write for example "60 seconds"'],
    ['soon', '"soon" is not a duration: write for example "60 seconds"'],
    ['2 hours', '"2 hours" is too long: at most 1 hour'],
    ['true', 'true is not a duration: write for example "60 seconds"'],
    ['', 'is empty: give a value, or take the line out'],
  ])('refuses the duration %s', (text, message) => {
    expect(problemsOf(craftWith(`freshFor: ${text}`))).toEqual([`craft.freshFor (line 1): ${message}`]);
  });

  it('refuses a duration that is too short to make sense', () => {
    expect(problemsOf(craftWith('timeout: 5 ms'))).toEqual([
      'craft.timeout (line 1): "5 ms" is too short: at least 100 ms',
    ]);
  });

  it('trims blanks and trailing slashes of addresses, and blanks of keys', () => {
    const craft = '{ baseUrl: " https://c.test/api// ", apiKey: " k " }';
    const { settings, secrets } = load(configurationText({ craft }));
    expect([settings.craft.baseUrl, secrets.apiKey('craft')]).toEqual(['https://c.test/api', 'k']);
  });

  it.each([
    ['ftp://c.test', '"ftp://c.test" does not begin with http:// or https://'],
    ['https://c.test/?a=1', '"https://c.test/?…" has a query or fragment: end it before the ? or #'],
    ['https://', '"https://" is not a web address: write it in full, such as "https://api.craft.io"'],
  ])('refuses the address %s', (url, message) => {
    expect(problemsOf(configurationText({ craft: `{ baseUrl: "${url}", apiKey: k }` }))).toEqual([
      `craft.baseUrl (line 1): ${message}`,
    ]);
  });

  it('cuts long values in messages', () => {
    const [line] = problemsOf(craftWith(`dialect: ${'x'.repeat(500)}`));
    expect(line).toBe(`craft.dialect (line 1): "${'x'.repeat(79)}…" is not one of guide, swagger`);
  });

  it.each([
    ['0', '0 is out of bounds: write a whole number of at least 1'],
    ['1.5', '1.5 is out of bounds: write a whole number of at least 1'],
    ['many', 'expected a whole number, not "many"'],
  ])('refuses the count %s', (text, message) => {
    expect(problemsOf(craftWith(`rateLimit: { perMinute: ${text} }`))).toEqual([
      `craft.rateLimit.perMinute (line 1): ${message}`,
    ]);
  });

  it('tells an address that was pasted where an id belongs, with the part of it that may be the id', () => {
    const source = '{ workspace: "https://app.craft.io/workspace/2305843010635321211/table" }';
    expect(problemsOf(configurationText({ pipeline: { source } }))).toEqual([
      'pipelines.mobile.source.workspace (line 6): "https://app.craft.io/workspace/2305843010635321211/table" is the address of a page: write the id alone, which may be "2305843010635321211"',
    ]);
    const target =
      '{ devTool: km, spaceId: "https://toil.kitemaker.co/acme/spaces", statusId: t, labels: ["http://a.test/b7"] }';
    expect(problemsOf(configurationText({ pipeline: { target } }))).toEqual([
      'pipelines.mobile.target.spaceId (line 8): "https://toil.kitemaker.co/acme/spaces" is the address of a page: write the id alone',
      'pipelines.mobile.target.labels[0] (line 8): "http://a.test/b7" is the address of a page: write the id alone, which may be "b7"',
    ]);
  });

  it('takes what a page puts into a name for what it looks like', () => {
    const { pipelines } = load(
      configurationText({
        pipeline: {
          source: '{ workspace: "\u200b1\u00a0" }',
          ready: '{ status: "Ready\u00a0for\u200b Development", types: ["Fea\u00adture"] }',
          target: '{ devTool: km, spaceId: "s\ufeff", statusId: t }',
          progress: '{ field: dev, statuses: { "In\u00a0Progress": "In\u00a0work" }, doneWhen: [Done] }',
        },
      }),
    ).settings;
    expect(pipelines['mobile']).toMatchObject({
      source: { workspace: '1' },
      ready: { status: 'Ready for Development', types: ['Feature'] },
      target: { spaceId: 's' },
      progress: { statuses: { 'In Progress': 'In work' } },
    });
  });

  it('shows signs that nobody sees by their number', () => {
    expect(problemsOf(craftWith('dialect: "gui\u00a0de\u200b"'))).toEqual([
      'craft.dialect (line 1): "gui\\u00a0de\\u200b" is not one of guide, swagger; did you mean "guide"?',
    ]);
  });
});
