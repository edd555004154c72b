import { describe, expect, it } from 'vitest';
import { problemsOf } from '../fixtures/configurationFile.js';

const COLON = 'a value with ": " in it must be in quotes, such as "Phase 2: Ready"';
const HASH =
  'what comes after " #" is a comment to YAML, the end of this line too: put a name with " #" in quotes, such as "Ready #1"';

describe('config/yamlErrors', () => {
  it.each([
    ['a colon in braces', 'a:\n  ready: { status: Phase 2: Ready }\n', `line 2, column 20: ${COLON}`],
    ['a colon in a list', 'a: [x, Phase 2: Ready: now]\n', `line 1, column 17: ${COLON}`],
    ['a colon in a line of its own', 'a:\n  status: Phase 2: Ready\n', `line 2, column 11: ${COLON}`],
    ['a comment in braces', 'a:\n  ready: { status: Ready #1 }\n  x: 1\n  y: { z: 2 }\n', `line 2, column 26: ${HASH}`],
    ['a comment in a list', 'a:\n  types: [Bug #1, Story]\nb: 1\n', `line 2, column 15: ${HASH}`],
    [
      'a variable in braces',
      'a: { apiKey: ${KEY}, x: 1 }\n',
      'line 1, column 15: inside { } and [ ], ${NAME} must be in quotes, such as "${NAME}"',
    ],
    ['an at sign', 'a: @x\n', 'line 1, column 4: a value cannot begin with @: put it in quotes'],
    ['a percent sign', 'a: %NAME%\n', 'line 1, column 4: a value cannot begin with %: put it in quotes'],
    [
      'two documents',
      'a: 1\n---\nb: 1\n',
      'line 2, column 1: a second document begins here (---): the file must be a single one',
    ],
    [
      'a copied page',
      '```yaml\na: 1\n```\n',
      'line 1: ``` belongs to a page that this was copied from: take these lines out',
    ],
  ])('tells the mistake and its line: %s', (_, text, line) => {
    expect(problemsOf(text)).toEqual([line]);
  });

  it('takes a blank with a number sign in quotes for no comment', () => {
    expect(problemsOf('a: ["x #1", { b: \'y #2\' }\nb: 1\n').join()).not.toContain('comment');
  });
});
