/**
 * Finds, in one pass over a text of any length, every run of `length` bytes that occurs in one of many patterns. A
 * rolling hash says where one may begin; only there it is compared.
 */

/** Any odd number does; this one spreads well (Knuth, multiplicative hashing). */
const BASE = 0x9e3779b1;
const SLOTS_PER_GRAM = 32;
const FEWEST_SLOTS = 1 << 12;
const MOST_SLOTS = 1 << 22;

interface Gram {
  readonly standsAlone: boolean;
  readonly isOrdinary: boolean;
}

export class Grams {
  private readonly known = new Map<string, Gram>();
  private slots: Uint8Array | null = null;
  /** `BASE` to the power of `length`: what the byte that leaves the window counted. */
  private readonly leaving: number;

  constructor(private readonly length: number) {
    let power = 1;
    for (let count = 0; count < length; count += 1) power = Math.imul(power, BASE);
    this.leaving = power;
  }

  get size(): number {
    return this.known.size;
  }

  /** `standsAlone`: it counts only where no letter or digit is beside it. `ordinary`: those that are found as such. */
  add(bytes: Uint8Array, options: { readonly standsAlone: boolean; readonly ordinary: ReadonlySet<string> }): void {
    this.slots = null;
    for (let at = 0; at + this.length <= bytes.length; at += 1) {
      const gram = textOf(bytes, at, at + this.length);
      const earlier = this.known.get(gram);
      this.known.set(gram, {
        standsAlone: options.standsAlone && (earlier?.standsAlone ?? true),
        isOrdinary: options.ordinary.has(gram) && (earlier?.isOrdinary ?? true),
      });
    }
  }

  /** Calls `found` with the position of each run, in their order, and whether it is an ordinary word's. */
  scan(bytes: Uint8Array, found: (at: number, isOrdinary: boolean) => void): void {
    const { length, leaving } = this;
    if (this.known.size === 0 || bytes.length < length) return;
    const slots = (this.slots ??= this.fill());
    const mask = slots.length - 1;
    let hash = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      hash = (Math.imul(hash, BASE) + (bytes[at] ?? 0)) | 0;
      if (at >= length) hash = (hash - Math.imul(bytes[at - length] ?? 0, leaving)) | 0;
      const start = at - length + 1;
      if (start < 0 || slots[slotOf(hash, mask)] !== 1) continue;
      const gram = this.at(bytes, start);
      if (gram !== null) found(start, gram.isOrdinary);
    }
  }

  private at(bytes: Uint8Array, start: number): Gram | null {
    const known = this.known.get(textOf(bytes, start, start + this.length));
    if (known === undefined) return null;
    const isWithin = isWordPart(bytes[start - 1]) || isWordPart(bytes[start + this.length]);
    return known.standsAlone && isWithin ? null : known;
  }

  private fill(): Uint8Array {
    let size = FEWEST_SLOTS;
    while (size < this.known.size * SLOTS_PER_GRAM && size < MOST_SLOTS) size *= 2;
    const slots = new Uint8Array(size);
    for (const gram of this.known.keys()) {
      let hash = 0;
      for (let at = 0; at < gram.length; at += 1) hash = (Math.imul(hash, BASE) + gram.charCodeAt(at)) | 0;
      slots[slotOf(hash, size - 1)] = 1;
    }
    return slots;
  }
}

/** The low bits of the hash know only the last bytes, so the high ones are mixed in. */
function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

function isWordPart(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
}
