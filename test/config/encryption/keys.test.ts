import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NO_KEYS, readEncryptionKeys } from '../../../config/encryption/keys.js';

const A = Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1)).toString('base64');
const B = Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - at)).toString('base64');

function read(value: string | null) {
  const problems: string[] = [];
  return { ...readEncryptionKeys(value, problems), problems };
}

describe('config/encryption/keys', () => {
  it('encrypts with the first key, and knows the others', () => {
    const { keys, encryptsWith, problems } = read(` k2:${B} , k1:${A}`);
    expect(problems).toEqual([]);
    expect([encryptsWith, [...keys.keys()]]).toEqual(['k2', ['k2', 'k1']]);
    expect(keys.get('k1')?.export().toString('base64')).toBe(A);
  });

  it('with none in front encrypts nothing, and knows the keys behind it', () => {
    expect(read(`none,k1:${A}`)).toMatchObject({ encryptsWith: null, problems: [] });
    expect([...read(`none,k1:${A}`).keys.keys()]).toEqual(['k1']);
    expect(read(null)).toEqual({ ...NO_KEYS, problems: [] });
  });

  it.each([
    ['none', /none alone names no key/],
    [A, /entry 1 has no id: write id:key, .*openssl rand -base64 32/],
    [`k1:${A},none`, /entry 2 is none, which stands in the first place alone/],
    [`a b:${A}`, /the id of entry 1 cannot be used/],
    [`none:${A}`, /the id of entry 1 cannot be used/],
    [`k1:${A},k1:${B}`, /the id k1 stands there twice/],
    ['k1:%%%%', /the key k1 is not base64/],
    [`k1:${A.slice(0, 24)}`, /the key k1 has 18 bytes instead of 32/],
    [`k1:${Buffer.alloc(32, 7).toString('base64')}`, /the key k1 is one byte over and over/],
    [`k1:${A},`, /entry 2 has no id/],
  ])('refuses %s, says what to write, and shows no key', (value, expected) => {
    const { problems } = read(value);
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.join('\n')).not.toMatch(/[A-Za-z0-9+/]{17}/);
  });

  it('shows the bytes of a key to no log and no JSON', () => {
    const { keys } = read(`k1:${A}`);
    const shown = `${inspect(keys, { depth: 9 })}${JSON.stringify([...keys])}`;
    expect(shown).not.toContain(A.slice(0, 8));
    expect(shown).not.toContain('01 02 03 04');
  });
});
