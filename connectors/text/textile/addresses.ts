/**
 * Addresses in Textile. Redmine links a bare address by itself and shows it as it is written, so that an entity in it
 * would be seen; and a sign in it may be read as formatting before it is read as an address.
 */
import { addressesIn } from '../markdown/parser.js';

/** What Redmine links by itself where a blank, bracket, entity or tag precedes; the run up to the next blank. */
export const BARE = /(?:https?:\/\/|s?ftps?:\/\/|www\.)\S+/gi;

/** Whether Redmine takes the run as it is, and shows it as it is. To Redmine each `&` is `x%x%` for the time. */
export function isPlainRun(run: string): boolean {
  return addressOf(run) === run && !/&[^\p{L}\p{N}_=/;()-]*$/u.test(run);
}

/** Redmine links to nothing else. */
const LINKABLE = /^(?:https?:\/\/|mailto:)[\p{L}\p{N}_/]\S/iu;

export function isLinkable(url: string): boolean {
  return LINKABLE.test(url);
}

/** The address at the beginning of such a run, without punctuation that follows it; null where it is no page. */
export function pageIn(run: string): string | null {
  const first = addressesIn(run)[0];
  return first?.start === 0 && first.url === run.slice(0, first.end) && isLinkable(first.url) ? first.url : null;
}

/** Whether an address written before this is still a link. */
export function endsAddress(run: string): boolean {
  return /^\)?[.,:!?]*$/.test(run);
}

/** So that Redmine links none of the addresses in it. */
export function unlinked(words: string): string {
  return words.replace(/(https?|s?ftps?|www)([:.])(?=\/\/|(?<=www\.))/gi, (_, word: string, sign: string) => {
    return `${word}&#${sign.charCodeAt(0)};`;
  });
}

/** Percent-encodes what could end the link early, also at its end, or be read as formatting or as an entity. */
export function addressOf(url: string): string {
  return url
    .replace(/(&[#a-z0-9]+);/gi, '$1%3B')
    .replace(/["'()*<>|[\]{}]|[_-](?![\p{L}\p{N}])|\?(?=\?)|(?<!\w)@|@(?!\w)|[^\p{L}\p{N}_=/;()-]$/gu, percent);
}

function percent(sign: string): string {
  return sign.codePointAt(0) === undefined || sign.length > 1 || sign > '\u007f'
    ? encodeURIComponent(sign)
    : `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
