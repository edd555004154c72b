/**
 * Chance that a seed repeats, and ids of the two systems' shapes.
 * Nothing in the sandbox uses `Math.random`: a failed fault test is replayed by its seed.
 */

/** Numbers in [0, 1); mulberry32. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

/** Spreads consecutive numbers, so that ids of two seeds differ and neighbours do not look like a series. */
function scatter(seed: number, n: number, bits: number): bigint {
  const random = seededRandom(seed * 2_654_435_761 + n);
  return BigInt(Math.floor(random() * 2 ** bits));
}

const CRAFT_ID_BASE = 2_305_843_010_635_321_210n;

/** The n-th Craft.io id: a numeric string above 2^53, rising with n. */
export function craftId(seed: number, n: number): string {
  return (CRAFT_ID_BASE + (BigInt(n) << 16n) + scatter(seed, n, 16)).toString();
}

const KITEMAKER_ID_BASE = 0x2463901f_00000000n;

/** The n-th Kitemaker id: 16 hexadecimal digits, rising with n. */
export function kitemakerId(seed: number, n: number): string {
  return (KITEMAKER_ID_BASE + (BigInt(n) << 16n) + scatter(seed, n, 16)).toString(16).padStart(16, '0');
}
