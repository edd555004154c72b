import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../domain/redaction/redactor.js';
import { redactFailures } from '../../workers/redactFailures.js';

const KEY = 'Zk9aBcD3eFgHiJkL7mN';

async function failureOf(thrown: unknown): Promise<unknown> {
  const { inbound } = redactFailures(createRedactor([KEY]))({} as never);
  const input = { args: [], headers: {} } as never;
  return inbound
    ?.execute?.(input, async () => {
      await Promise.resolve();
      throw thrown;
    })
    .catch((error: unknown) => error);
}

describe('workers/redactFailures', () => {
  it('leaves nothing of a key in message, stack and causes of what goes into a history', async () => {
    const cause = new TypeError(`cannot read ${encodeURIComponent(KEY)}`);
    const thrown = ApplicationFailure.create({ type: 'unexpected', message: `${KEY} is wrong`, cause });
    const failure = await failureOf(thrown);
    expect(failure).toBe(thrown);
    expect(failure).toMatchObject({ message: '[redacted] is wrong', type: 'unexpected' });
    for (const { stack, message } of [thrown, cause]) expect(`${stack ?? ''} ${message}`).not.toContain(KEY);
  });

  it('passes on what is no error', async () => {
    expect(await failureOf('a word')).toBe('a word');
  });
});
