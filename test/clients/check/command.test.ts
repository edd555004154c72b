import { describe, expect, it } from 'vitest';
import { renderFindings } from '../../../clients/check/command.js';
import { recordedTerminal } from '../../harness/terminal.js';

describe('clients/check/command', () => {
  it('puts what is wrong first', () => {
    const text = renderFindings(recordedTerminal(), [
      { level: 'ok', where: 'craft', message: 'the key is accepted' },
      { level: 'wrong', where: 'pipelines.mobile.target.spaceId', message: 'there is no space "a"; did you mean "b"?' },
    ]);
    expect(text).toMatch(
      /^LEVEL +WHERE +MESSAGE\nwrong +pipelines\.mobile\.target\.spaceId .*did you mean "b"\?\nok +craft/,
    );
  });
});
