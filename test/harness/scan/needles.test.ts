import { describe, expect, it } from 'vitest';
import { createFind } from './needles.js';

const KEY = 'Zk9+aBcD3eFgH/iJkL7mN=oP4qRsTuVwXyZ012345abc';
const find = createFind([{ name: 'key', value: KEY }]);
const part = KEY.slice(9, 25);

describe('harness/scan/needles', () => {
  it.each([
    ['as it is', KEY],
    ['in part', KEY.slice(20, 28)],
    ['in another case', part.toUpperCase()],
    ['percent-encoded', encodeURIComponent(part)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(part))],
    ['in JSON', JSON.stringify(part).replaceAll('/', '\\/').replaceAll('=', '\\u003d')],
    ['as HTML', part.replaceAll('=', '&equals;').replaceAll('/', '&#47;').replaceAll('m', '&#x6d;')],
    ['in hexadecimal digits', Buffer.from(`x${part}`).toString('hex')],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in base64 with one byte before', Buffer.from(`x${KEY}`).toString('base64')],
    ['in base64 with two bytes before', Buffer.from(`xy${KEY}zz`).toString('base64')],
    ['in base64url', Buffer.from(`me:${KEY}`).toString('base64url')],
  ])('finds a key %s', (_how, text) => {
    expect(find(`before ${text} after`)).toEqual(['key']);
  });

  it('finds nothing where less than eight characters of it stand', () => {
    expect(find(`${KEY.slice(0, 7)} ${KEY.slice(8, 15)} and other words`)).toEqual([]);
  });

  it('finds each part of eight characters, wherever it stands', () => {
    for (let at = 0; at + 8 <= KEY.length; at += 1) expect(find(`é${KEY.slice(at, at + 8)}`)).toEqual(['key']);
  });

  it('looks through megabytes in moments, for many secrets', () => {
    const many = Array.from({ length: 10 }, (_, at) => ({ name: String(at), value: `${at}${KEY}${at}` }));
    const startedAt = performance.now();
    expect(createFind(many)(`${'Zk9+aBc'.repeat(1_000_000)}${KEY}9`)).toHaveLength(10);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});
