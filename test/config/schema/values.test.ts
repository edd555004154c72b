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
});
