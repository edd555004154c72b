/**
 * Text of others (a value of Craft.io, a tool's error, an operator's reason) where Markdown is shown: in Temporal's UI
 * a picture in it would be loaded and a link in it believed.
 *
 * Escaping sign by sign is not enough, since bare addresses become links after the signs have been read. Inside code
 * nothing is anything but text, in every dialect.
 */
import { withoutUnseen } from './unseen.js';

/** Signs that mean something in some dialect of Markdown, what becomes a link by itself, what begins a block. */
const MEANS_SOMETHING = /[\\`*_{}[\]()<>#+!|~&@$^=]|:\/\/|www\.|mailto:|xmpp:|^(?:-|\d+\.)/i;

/** On one line; as it is where nothing in it could be Markdown, else as code. */
export function asText(text: string): string {
  const line = withoutUnseen(text.replaceAll(/\s+/g, ' ')).trim();
  if (!MEANS_SOMETHING.test(line)) return line;
  const runs = line.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Only to pages; any other address is left out, and the text stands alone. */
export function linkTo(text: string, url: string | null): string {
  if (url === null || !/^https?:\/\/[^\s/]/i.test(url)) return asText(text);
  return `[${asText(text)}](${withoutUnseen(url).replaceAll(/[^\w\-.~:/?#@!$&'*+,;=%]/gu, encoded)})`;
}

/** The two that would end a link are left alone by `encodeURIComponent`. */
const PARENTHESES: Readonly<Record<string, string>> = { '(': '%28', ')': '%29' };

function encoded(sign: string): string {
  return PARENTHESES[sign] ?? encodeURIComponent(sign);
}
