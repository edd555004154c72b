/** Pictures that stand for signs, in Froala, TinyMCE, Confluence and others, and Froala's captions. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, hasClass, isElement, words } from '../nodes.js';

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component})+$/u;

export function signPicture(node: Element): ElementContent[] | null {
  if (isElement(node, 'img')) {
    const alt = attributeOf(node, 'alt')?.trim() ?? '';
    const isEmoji = EMOJI.test(alt) && /\P{ASCII}/u.test(alt);
    const isNamed = attributeOf(node, 'dataEmoticon') !== null || hasClass(node, /^(?:emoji|emoticon|wp-smiley)/);
    return isEmoji || (isNamed && alt !== '') ? [words(alt)] : null;
  }
  if (hasClass(node, /^fr-emoticon-img$/)) return froalaEmoji(node);
  return hasClass(node, /^fr-inner$/) ? [element('br', []), ...node.children] : null;
}

/** A span whose background is the picture `…/1f600.svg`, named by its code points. */
function froalaEmoji(node: Element): ElementContent[] | null {
  const name = /\/((?:[\da-f]{2,6}-){0,9}[\da-f]{2,6})\.(?:svg|png)\b/i.exec(attributeOf(node, 'style') ?? '')?.[1];
  const points = (name ?? '').split('-').map((point) => Number.parseInt(point, 16));
  if (!points.every((point) => point > 0x20 && point <= 0x10_ffff)) return null;
  return [words(String.fromCodePoint(...points))];
}
