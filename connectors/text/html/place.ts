/** Where an element stands, as far as it matters for what becomes of it. */
import type { ElementContent } from 'hast';
import { isBlank, textOf } from './nodes.js';

export interface Place {
  /** The sign right before the element, of the same parent; empty where there is none. */
  readonly before: string;
  /** The parent has nothing else that is seen. */
  readonly isAlone: boolean;
}

export function placeOf(nodes: readonly ElementContent[], at: number): Place {
  const previous = nodes[at - 1];
  return {
    get before() {
      return previous === undefined ? '' : textOf(previous).slice(-12);
    },
    get isAlone() {
      return nodes.every((node, index) => index === at || isBlank(node));
    },
  };
}
