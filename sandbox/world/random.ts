/**
 * Random numbers that a seed repeats.
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
export function scatter(seed: number, n: number, bits: number): bigint {
  const random = seededRandom(seed * 2_654_435_761 + n);
  return BigInt(Math.floor(random() * 2 ** bits));
}
