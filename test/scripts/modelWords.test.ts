import { describe, expect, it } from 'vitest';

import { ROOT } from '../docs/repository.js';

interface ModelWords {
  wordsOfLines(sources: Readonly<Record<string, string>>): ReadonlyMap<string, string>;
  inWords(trail: string, words: ReadonlyMap<string, string>): readonly string[];
}

const { wordsOfLines, inWords } = (await import(new URL(`file://${ROOT}scripts/modelWords.js`).href)) as ModelWords;

const MODEL = ['sent = true; /*: notes its create */', 'x = 1 /* why */', 'down(t) /*: time passes */'].join('\n');

/** As `spin -t -p` prints it: worker 2 is the third process, and what is chosen inside an atomic step has its line. */
const TRAIL = `
  1:	proc  2 (Worker:1) m.pml:1 (state 3)	[(mayNote)]
  1:	proc  2 (Worker:1) m.pml:1 (state 4)	[sent = 1]
  2:	proc  2 (Worker:1) m.pml:2 (state 5)	[x = 1]
  3:	proc  3 (Worker:1) m.pml:1 (state 4)	[sent = 1]
  4:	proc  4 (Clock:1) m.pml:3 (state 1)	[t = 0]
  5:	proc  4 (Clock:1) m.pml:3 (state 1)	[t = 0]
spin: trail ends after 5 steps
  5:	proc  3 (Worker:1) m.pml:1 (state 9)
`;

describe('scripts/modelWords', () => {
  it('a trail is told by the words of the lines that were come to, by whom, and how often in a row', () => {
    expect(inWords(TRAIL, wordsOfLines({ 'm.pml': MODEL }))).toEqual([
      'worker 1 notes its create',
      'worker 2 notes its create',
      'time passes (2 times)',
    ]);
  });

  it('where nothing was refuted there is nothing to tell', () => {
    expect(inWords('spin: cannot find trail file\n', wordsOfLines({ 'm.pml': MODEL }))).toEqual([]);
  });
});
