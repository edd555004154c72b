/** Words of a text in Textile, which has no escape character: a sign that would mean something becomes an entity. */

export function entity(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}

/** Signs that begin formatting when no letter precedes and no blank follows. */
const OPENING = /(?<![\p{L}\p{N}_])[*_+^~%?@!-](?=\S)/gu;
/** Beginnings of lines that make a heading, a quotation, a list, a rule or a table. */
const LINE_START =
  /^(?:[#*]+(?= )|>|\||-(?=-{2,}\s*$)|(?:h[1-6]|bq|bc|p|pre|fn\d+|table|notextile|clear|dl)(?=[^\s.]{0,40}\.))/gm;

/**
 * `ending`: the signs that could end formatting somewhere in the same block (`endingSigns`); others begin nothing.
 */
export function escaped(text: string, ending: ReadonlySet<string>): string {
  return text
    .replace(/&(?=#?\w{1,40};)/g, '&amp;')
    .replace(/<(?=[a-z/!?])/gi, '&lt;')
    .replace(LINE_START, (start) => entity(start) + start.slice(1))
    .replace(OPENING, (sign) => (ending.has(sign) ? entity(sign) : sign))
    .replace(/"(?=:)/g, '&quot;')
    .replace(/=(?==)|\[(?=\d+\])|\|/g, entity);
}

/** A sign ends formatting after a word's last sign and before a blank or punctuation. */
export function endingSigns(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/(?<=\S\S)[*_+^~%?@!-](?![\p{L}\p{N}])/gu)].map(([sign]) => sign));
}
