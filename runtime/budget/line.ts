/**
 * The line of those who wait in one process. Whoever was served goes on with its next calls: a long read comes to its
 * end. With every fourth slot at most, while others of its class wait: they do, too. Pure.
 */
import { CALL_CLASSES, type CallClass } from '../../connectors/port/calls.js';

const OTHERS_BETWEEN = 3;

interface InLine {
  readonly callClass: CallClass;
  readonly askedMs: number;
  readonly goesOn: boolean;
}

/** For each class, how many were served since one went on. */
export type Between = Partial<Record<CallClass, number>>;

/** In the order in which they are served, class by class. */
export function inLine<W extends InLine>(waiting: Iterable<W>, between: Between): readonly W[] {
  const inOrder = [...waiting].sort((one, other) => one.askedMs - other.askedMs);
  return CALL_CLASSES.flatMap((callClass) => {
    const ofClass = inOrder.filter((one) => one.callClass === callClass);
    const goOn = ofClass.filter(({ goesOn }) => goesOn);
    if (goOn.length === 0 || goOn.length === ofClass.length) return ofClass;
    const others = ofClass.filter(({ goesOn }) => !goesOn);
    let since = between[callClass] ?? OTHERS_BETWEEN;
    return ofClass.flatMap(() => {
      const isNext = goOn.length > 0 && (since >= OTHERS_BETWEEN || others.length === 0);
      since = isNext ? 0 : since + 1;
      return (isNext ? goOn : others).shift() ?? [];
    });
  });
}

export function betweenAfter(between: Between, { callClass, goesOn }: InLine): Between {
  return { ...between, [callClass]: goesOn ? 0 : (between[callClass] ?? 0) + 1 };
}
