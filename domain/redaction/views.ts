/**
 * A text as it was meant: its bytes, and its bytes without one layer of escapes, without two, and so on. Each byte
 * knows which characters of the original text it came from, so that what is found in any layer can be blanked where it
 * stands.
 */
import { UNSEEN } from '../rules/unseen.js';
import { FAMILIES, type Family } from './escapes.js';

/** UTF-8, with A to Z in lower case. The byte at `i` stands for the characters `starts[i]` to `ends[i]` (UTF-16). */
export interface View {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Escapes within escapes are followed this deep. */
const MOST_LAYERS = 4;
/** Bounds the time for a text made of nothing but escapes of several kinds. */
const MOST_VIEWS = 16;
const NOTHING: ReadonlySet<number> = new Set();

/**
 * The text itself first, then without one layer of escapes, then without two. Signs that nobody sees are left out in a
 * view of its own: who shows the text leaves them out too, and a secret that they divide would be whole again.
 */
export function* viewsOf(text: string): Generator<View> {
  let layer: View[] = [literal(text)];
  if (text.search(UNSEEN) !== -1) layer.push(literal(text, unseenPlaces(text)));
  let count = layer.length;
  yield* layer;
  for (let depth = 0; depth < MOST_LAYERS && layer.length > 0; depth += 1) {
    const next: View[] = [];
    for (const view of layer) {
      for (const family of FAMILIES) {
        const below = count < MOST_VIEWS ? withoutLayer(view, family) : null;
        if (below === null) continue;
        count += 1;
        next.push(below);
        yield below;
      }
    }
    layer = next;
  }
}

/** The bytes of a text in the form in which views have them. */
export function foldedBytes(text: string): Uint8Array {
  return literal(text).bytes;
}

/** At which offsets a sign begins that nobody sees. */
function unseenPlaces(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(UNSEEN)].map((match) => match.index));
}

function literal(text: string, without: ReadonlySet<number> = NOTHING): View {
  const view = new Writing(new TextEncoder().encode(text).length);
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const end = at + (code > 0xffff ? 2 : 1);
    if (!without.has(at)) view.codePoint(code, at, end);
    at = end;
  }
  return view.done();
}

/** Null where the view has no such escape. */
function withoutLayer({ bytes, starts, ends }: View, { sign, read }: Family): View | null {
  let view: Writing | null = null;
  let copied = 0;
  for (let at = bytes.indexOf(sign); at !== -1; at = bytes.indexOf(sign, at)) {
    const escape = read(bytes, at);
    if (escape === null) {
      at += 1;
      continue;
    }
    view ??= new Writing(bytes.length);
    for (; copied < at; copied += 1) view.byte(bytes[copied] ?? 0, starts[copied] ?? 0, ends[copied] ?? 0);
    copied = at + escape.length;
    const [start, end] = [starts[at] ?? 0, ends[copied - 1] ?? 0];
    if (escape.isByte) view.byte(escape.code, start, end);
    else view.codePoint(escape.code, start, end);
    at = copied;
  }
  for (; copied < bytes.length; copied += 1) view?.byte(bytes[copied] ?? 0, starts[copied] ?? 0, ends[copied] ?? 0);
  return view?.done() ?? null;
}

/** A view being written; `most` is the most bytes that it can get. */
class Writing {
  private length = 0;
  private readonly bytes: Uint8Array;
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;

  constructor(most: number) {
    this.bytes = new Uint8Array(most);
    this.starts = new Uint32Array(most);
    this.ends = new Uint32Array(most);
  }

  byte(byte: number, start: number, end: number): void {
    const isUpperCase = byte >= 0x41 && byte <= 0x5a;
    this.bytes[this.length] = isUpperCase ? byte + 0x20 : byte;
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.length += 1;
  }

  codePoint(code: number, start: number, end: number): void {
    if (code < 0x80) return this.byte(code, start, end);
    const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    this.byte(((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more)), start, end);
    for (let shift = 6 * (more - 1); shift >= 0; shift -= 6) this.byte(0x80 | ((code >> shift) & 0x3f), start, end);
  }

  done(): View {
    const { length } = this;
    return {
      bytes: this.bytes.subarray(0, length),
      starts: this.starts.subarray(0, length),
      ends: this.ends.subarray(0, length),
    };
  }
}
