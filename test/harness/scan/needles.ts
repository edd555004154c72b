/**
 * Looks for secrets in what a deployment left behind. Nothing of the product's own redaction is used here: what that
 * overlooks must be found. A secret counts as found where eight of its characters stand in a row, in any case, as they
 * are or in any usual encoding.
 */

export interface Wanted {
  /** For reports, which show no secret. */
  readonly name: string;
  readonly value: string;
}

/** Names of what was found. */
export type Find = (text: string) => readonly string[];

/** I7. */
const PART = 8;
/** That many signs of base64 hold eight bytes whole, wherever they begin. */
const BASE64_PART = 11;

export function createFind(wanted: readonly Wanted[]): Find {
  const search = createSearch(wanted.flatMap(({ name, value }) => formsOf(value).map((form) => ({ name, form }))));
  return (text) => {
    const found = new Set<string>();
    for (const view of viewsOf(text)) search(view, found);
    return wanted.map(({ name }) => name).filter((name) => found.has(name));
  };
}

interface Needle {
  readonly name: string;
  readonly form: string;
}

/** One pass for thousands of forms over megabytes: two are compared only where three signs are the first of a form. */
function createSearch(needles: readonly Needle[]): (text: string, found: Set<string>) => void {
  const byStart = new Map<number, Needle[]>();
  for (const needle of needles) {
    const start = [0, 1, 2].reduce((key, at) => (key << 7) | needle.form.charCodeAt(at), 0);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  const isStart = new Uint8Array(1 << 21);
  for (const start of byStart.keys()) isStart[start] = 1;
  return (text, found) => {
    let key = 0;
    for (let at = 0; at < text.length; at += 1) {
      // Of a sign that no form has, the lower bits are taken for another's: what follows is compared in full.
      key = ((key << 7) | (text.charCodeAt(at) & 0x7f)) & 0x1fffff;
      if (isStart[key] !== 1) continue;
      for (const { name, form } of byStart.get(key) ?? []) if (text.startsWith(form, at - 2)) found.add(name);
    }
  };
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [
    ...windows(value, PART),
    ...windows(bytes.toString('hex'), 2 * PART, 2),
    ...[0, 1, 2].flatMap((shift) => base64Windows(bytes, shift)),
  ].map((form) => form.toLowerCase());
}

/** As base64 reads where `shift` bytes stand before it. The first and last signs hold bits of what is around. */
function base64Windows(bytes: Buffer, shift: number): readonly string[] {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const own = encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  const parts = windows(own, BASE64_PART);
  return [...parts, ...parts.map((part) => part.replaceAll('+', '-').replaceAll('/', '_'))];
}

function windows(text: string, length: number, step = 1): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at + length <= text.length; at += step) found.push(text.slice(at, at + length));
  return found;
}

/** The text as it is, and with the codes of addresses, JSON and HTML read, also within each other. */
function viewsOf(text: string): readonly string[] {
  const views = [text];
  for (let depth = 0; depth < 3; depth += 1) {
    const last = views.at(-1) ?? '';
    const read = withoutCodes(last);
    if (read === last) break;
    views.push(read);
  }
  return views.map((view) => view.toLowerCase());
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  equals: '=',
  plus: '+',
  sol: '/',
};

function withoutCodes(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\+u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/&#x([0-9a-f]{1,6});/gi, (_all, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&#(\d{1,6});/g, (_all, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&([a-z]+);/gi, (all, name: string) => NAMED[name.toLowerCase()] ?? all)
    .replaceAll('\\', '');
}
