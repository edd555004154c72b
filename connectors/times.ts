/** Times as servers and people write them in ISO 8601, and the one form of it that zod and JavaScript read alike. */
import { z } from 'zod';

/** `2023-06-20T21:00`, with seconds and an offset or without, in either of the standard's forms of an offset. */
const WRITTEN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:[.,]\d{1,9})?)? ?(?:(Z)|([+-]\d\d):?(\d\d)?)?$/i;

/** `2023-06-20T21:00:00+02:00` of `2023-06-20 21:00+0200`; null for any other text, a bare day included. */
export function isoTime(text: string): string | null {
  const found = WRITTEN.exec(text.trim());
  if (found === null) return null;
  const [, day = '', time = '', seconds = ':00', utc, hours, minutes = '00'] = found;
  const offset = utc !== undefined ? 'Z' : hours === undefined ? '' : `${hours}:${minutes}`;
  const written = `${day}T${time}${seconds.replace(',', '.')}${offset}`;
  return z.iso.datetime({ offset: true, local: true }).safeParse(written).success ? written : null;
}

/** A time in a tool's answer, with its offset. */
export const Time = z.preprocess(
  (said) => (typeof said === 'string' ? (isoTime(said) ?? said) : said),
  z.iso.datetime({ offset: true }),
);
