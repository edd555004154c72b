import { describe, expect, it } from 'vitest';
import { createWrongTokens } from '../../../clients/listen/wrongTokens.js';

function tries() {
  let now = 0;
  const wrong = createWrongTokens(() => now);
  const tryOften = (address: string, times: number): number => {
    let compared = 0;
    for (let at = 0; at < times; at += 1) {
      if (wrong.waitFor(address) > 0) continue;
      compared += 1;
      wrong.note(address);
    }
    return compared;
  };
  return { wrong, tryOften, pass: (ms: number) => void (now += ms) };
}

describe('clients/listen/wrongTokens', () => {
  it('compares ten wrong tokens of an address at once, then one in six seconds', () => {
    const { wrong, tryOften, pass } = tries();
    expect(tryOften('10.0.0.1', 1_000)).toBe(10);
    expect(wrong.waitFor('10.0.0.1')).toBe(6);
    pass(6_000);
    expect(tryOften('10.0.0.1', 1_000)).toBe(1);
    pass(3_600_000);
    expect(tryOften('10.0.0.1', 1_000)).toBe(10);
  });

  it('counts each address for itself, and a network of IPv6 as one', () => {
    const { tryOften } = tries();
    expect(tryOften('10.0.0.1', 20)).toBe(10);
    expect(tryOften('10.0.0.2', 20)).toBe(10);
    expect(tryOften('2001:db8::1', 20)).toBe(10);
    expect(tryOften('2001:db8::2', 20)).toBe(0);
    expect(tryOften('::ffff:10.0.0.1', 20)).toBe(0);
  });

  it('keeps no more than ten thousand addresses', () => {
    const { wrong, tryOften } = tries();
    expect(tryOften('10.0.0.1', 20)).toBe(10);
    for (let at = 0; at < 10_000; at += 1) wrong.note(`11.0.${at >> 8}.${at & 255}`);
    expect(wrong.waitFor('10.0.0.1')).toBe(0);
    expect(wrong.waitFor('11.0.39.15')).toBe(0);
  });
});
