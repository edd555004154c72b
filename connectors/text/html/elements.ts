/** The elements that HTML has, by what they mean for a text. */
import { htmlTagNames } from 'html-tag-names';

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

export const VOID = names('br hr img wbr input');

export const BLOCK = names(
  'address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary caption table tbody td tfoot ' +
    'th thead tr ul',
);

/** HTML parsers open these again in each block that follows until their end tag. */
export const FORMATTING = names('a b big code em font i nobr s small strike strong tt u');

export const INLINE = names(
  'a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark nobr q rp rt ruby ' +
    's samp small span strike strong sub sup time tt u var wbr',
);

/** What shows something from elsewhere: it becomes a link. */
export const EMBEDDING = names('audio embed iframe object oembed source video');

/** Dropped with everything inside. `title` is kept in a picture (`svg`). */
const DROPPED = names(
  'annotation annotation-xml applet area base colgroup datalist frame frameset head link map meta noembed noframes noscript ' +
    'optgroup option param script select style template title track',
);

/** Elements without an end tag among those dropped or embedding. */
export const EMPTY = names('area base col embed frame link meta param source track');

/** Elements that a parser ends by itself, so that they only nest by way of others. */
export const ENDS_BY_ITSELF = names('p li dt dd tr td th thead tbody tfoot');

/** Elements of drafts that no editor writes. People do: `<content>`. */
const DRAFTED = names('command content element isindex multicol nextid shadow spacer');

const KNOWN = new Set([...htmlTagNames, ...EMBEDDING, ...DROPPED].filter((name) => !DRAFTED.has(name)));

/** Elements of Word and of Confluence's storage format. */
export function isForeign(name: string): boolean {
  return /^(?:ac|ri|at|o|w|v|x|m|p|st\d):[a-z\d-]{1,30}$/i.test(name);
}

/** Whether HTML has an element of this name: not `<string>` or `<T>`. */
export function isHtmlElement(name: string): boolean {
  return KNOWN.has(name) || isForeign(name);
}

/** An element whose content is no text: it runs, loads or styles something. */
export function isDroppedElement(name: string): boolean {
  return DROPPED.has(name);
}

export function isVoidElement(name: string): boolean {
  return VOID.has(name);
}
