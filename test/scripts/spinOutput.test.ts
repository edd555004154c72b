import { describe, expect, it } from 'vitest';

import { ROOT } from '../docs/repository.js';

interface Result {
  readonly errors: number;
  readonly error: string | null;
  readonly isWhole: boolean;
  readonly unreached: ReadonlyMap<string, readonly string[]>;
}
interface SpinOutput {
  readVerifier(output: string): Result | null;
  unreachedLabels(
    labels: readonly string[],
    of: { readonly file: string; readonly source: string; readonly unreached: Result['unreached'] },
  ): readonly string[];
  verdict(result: Result | null, of: { readonly breaks?: string; readonly missing?: readonly string[] }): string | null;
}

const { readVerifier, unreachedLabels, verdict } = (await import(
  new URL(`file://${ROOT}scripts/spinOutput.js`).href
)) as SpinOutput;

/** Recorded, with most of the places left out. */
const EXHAUSTED = `
(Spin Version 6.5.2 -- 6 December 2019)
	+ Partial Order Reduction
	+ Compression

Full statespace search for:
	never claim         	- (none specified)
	assertion violations	+
	invalid end states	+

State-vector 100 byte, depth reached 43222, errors: 0
  1155381 states, stored
  3613192 states, matched
  4768573 transitions (= stored+matched)
  9284018 atomic steps
hash conflicts:    286352 (resolved)

Stats on memory usage (in Megabytes):
  141.038	equivalent memory usage for states (stored*(State-vector + overhead))
   59.643	actual memory usage for states (compression: 42.29%)
  128.000	memory used for hash table (-w24)
  106.812	memory used for DFS stack (-m2000000)
  295.261	total actual memory usage


unreached in proctype Tool
	create.pml:48, state 70, "-end-"
	(1 of 70 states)
unreached in proctype Worker
	create.pml:121, state 238, "phase = ( (isGood[w]) -> (5) : (phase) )"
	create.pml:121, state 239, "isGood[w] = 0"
	create.pml:128, state 253, "-end-"
	(3 of 253 states)
unreached in init
	(0 of 8 states)

pan: elapsed time 8.74 seconds
pan: rate 132194.62 states/second
`;

const REFUTED = `pan:1: assertion violated (made[request[0]]<=1) (at depth 136)
pan: wrote create.pml.trail

(Spin Version 6.5.2 -- 6 December 2019)
Warning: Search not completed

State-vector 100 byte, depth reached 1377, errors: 1
    30527 states, stored
    63094 states, matched
    93621 transitions (= stored+matched)
  397.284	total actual memory usage

pan: elapsed time 0.09 seconds
`;

describe('scripts/spinOutput', () => {
  it('what was searched and what was never come to is read from the output of a verifier', () => {
    expect(readVerifier(EXHAUSTED)).toEqual({
      states: 1_155_381,
      transitions: 4_768_573,
      depth: 43_222,
      errors: 0,
      megabytes: 295.261,
      seconds: 8.74,
      error: null,
      isWhole: true,
      unreached: new Map([
        ['Tool', ['create.pml:48']],
        ['Worker', ['create.pml:121', 'create.pml:128']],
      ]),
    });
  });

  it('a model passes that was searched as a whole without an error and came to all its steps', () => {
    const result = readVerifier(EXHAUSTED);
    expect(verdict(result, {})).toBeNull();
    expect(verdict(result, { missing: ['adopt'] })).toBe('never came to adopt');
    expect(verdict(readVerifier(REFUTED), {})).toBe('assertion violated (made[request[0]]<=1)');
    const cut = EXHAUSTED.replace('Full statespace', 'Warning: Search not completed\n\nFull statespace');
    expect(verdict(readVerifier(cut), {})).toBe('not all states were searched');
    const tooDeep = EXHAUSTED.replace('(Spin', 'error: max search depth too small\n(Spin');
    expect(verdict(readVerifier(tooDeep), {})).toBe('not all states were searched');
  });

  it('a mutant passes only where an assertion refutes it', () => {
    expect(verdict(readVerifier(REFUTED), { breaks: 'I1' })).toBeNull();
    expect(verdict(readVerifier(EXHAUSTED), { breaks: 'I1' })).toBe('not refuted: I1 holds without this guard');
    const stuck = REFUTED.replace('assertion violated (made[request[0]]<=1)', 'invalid end state');
    expect(verdict(readVerifier(stuck), { breaks: 'I1' })).toBe('refuted by something else: invalid end state');
  });

  it.each(['', 'spin: create.pml:82, Error: syntax error', 'pan: out of memory\n'])(
    'what is no search to its end passes nothing: %j',
    (output) => {
      expect(verdict(readVerifier(output), {})).toBe('the verifier came to no end');
      expect(verdict(readVerifier(output), { breaks: 'I1' })).toBe('the verifier came to no end');
    },
  );

  it('a label is unreached when its first statement is, and when there is no such label', () => {
    const source = ['do', 'sent:', '  /* why */', '#ifdef A', '  send();', 'lost:', '  skip'].join('\n');
    const of = { file: 'm.pml', source, unreached: new Map([['Worker', ['m.pml:5']]]) };
    expect(unreachedLabels(['sent', 'lost', 'gone'], of)).toEqual(['sent', 'gone']);
  });
});
