/**
 * Makes ordinary HTML of what editors write in their own ways: one function for each quirk, in the file of the editor
 * or of the kind of element. They work from the innermost elements outwards.
 */
import type { Element, ElementContent } from 'hast';
import { checkedItem, checklist } from './editors/checkboxes.js';
import { confluenceElement } from './editors/confluence.js';
import { quillLists } from './editors/quill.js';
import { styledElement } from './editors/styles.js';
import { wordElement, wordLists } from './editors/word.js';
import { isList } from './nodes.js';
import { type Place, placeOf } from './place.js';
import { codeElement } from './repairs/code.js';
import { embedded } from './repairs/embeds.js';
import { listsInItems, numberedItems } from './repairs/lists.js';
import { blocksInMarks, emptyMark } from './repairs/marks.js';
import { footnoteMark } from './repairs/footnotes.js';
import { formulaElement } from './repairs/formulas.js';
import { descriptiveElement } from './repairs/pairs.js';
import { signPicture } from './editors/pictures.js';
import { raisedWords } from './repairs/raised.js';
import { tableElement } from './repairs/tables.js';

/** What one element becomes, or null for no change. Its children are repaired before it. */
type Repair = (node: Element, place: Place) => ElementContent[] | null;

/** In this order: what one makes goes through those after it. */
const REPAIRS: readonly Repair[] = [
  confluenceElement,
  wordElement,
  formulaElement,
  signPicture,
  emptyMark,
  embedded,
  codeElement,
  styledElement,
  footnoteMark,
  raisedWords,
  descriptiveElement,
  checkedItem,
  tableElement,
  blocksInMarks,
  checklist,
  (node) => (isList(node) ? quillLists(node).flatMap(numberedItems) : null),
];

export function repaired(nodes: readonly ElementContent[]): ElementContent[] {
  return wordLists(joined(nodes.flatMap((node, at) => repairedNode(node, placeOf(nodes, at)))));
}

/** Texts that came to stand beside each other are one: later steps look at each node's neighbours. */
function joined(nodes: readonly ElementContent[]): ElementContent[] {
  const result: ElementContent[] = [];
  let run: string[] = [];
  const end = (): void => {
    if (run.length > 0) result.push({ type: 'text', value: run.join('') });
    run = [];
  };
  for (const node of nodes) {
    if (node.type === 'text') run.push(node.value);
    else {
      end();
      result.push(node);
    }
  }
  end();
  return result;
}

function repairedNode(node: ElementContent, place: Place): ElementContent[] {
  if (node.type !== 'element') return node.type === 'comment' ? [] : [node];
  node.children = repaired(node.children);
  if (isList(node)) node.children = listsInItems(node.children);
  return applied(node, 0, place);
}

function applied(node: Element, first: number, place: Place): ElementContent[] {
  const done = new Set<ElementContent>(node.children);
  for (const [index, repair] of REPAIRS.entries()) {
    if (index < first) continue;
    const nodes = repair(node, place);
    if (nodes === null) continue;
    return nodes.flatMap((each) =>
      each.type === 'element' && !done.has(each) ? applied(each, index + 1, place) : [each],
    );
  }
  return [node];
}
