/** Looks into a line of YAML without its quoted parts, by which names may hold any sign. */

/** The index of `sign` from `start` on, outside quotes; -1 when there is none. */
export function firstOutside(line: string, sign: string, start: number): number {
  let quote: string | null = null;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote !== null) {
      if (quote === '"' && character === '\\') index += 1;
      else if (character === quote) quote = null;
    } else if (index >= start && line.startsWith(sign, index)) return index;
    else if (opensQuote(line, index)) quote = character;
  }
  return -1;
}

/** A quote opens only where a value may begin: the one in `it's` does not. */
function opensQuote(line: string, index: number): boolean {
  const character = line.charAt(index);
  if (character !== '"' && character !== "'") return false;
  return index === 0 || /[\s[{,:]/.test(line.charAt(index - 1));
}
