import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createRedactor } from '../../domain/redaction/redactor.js';
import { createLogger, forPeople } from '../../runtime/logging.js';

describe('runtime/logging', () => {
  it('shows in a terminal what a line says, and lets the terminal obey none of it', () => {
    const stream = new PassThrough();
    const logger = pino({ base: null }, forPeople(stream));
    logger.warn(
      { why: 'x\u001b]52;c;eA==\u0007\u009b2J\u202ey', err: new Error('e\u001b[2J') },
      'failed \u001b]0;t\u0007',
    );
    const shown = String(stream.read());
    expect(shown).toContain('failed ]0;t');
    expect(shown).toContain('52;c;eA==');
    expect(shown.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/(?![\n\t])\p{Cc}|\u202e/u);
  });

  it('takes a secret out of what a line says, and leaves its keys and numbers', () => {
    const redactor = createRedactor(['craftItemId', '2305843010']);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const logger = createLogger({ level: 'info', isTerminal: true, redactor, to: 'stderr' });
      logger.info({ craftItemId: 2305843010 }, 'craftItemId is 2305843010');
      const shown = write.mock.calls.map(([text]) => String(text)).join('');
      expect(shown).toContain('[redacted] is [redacted]');
      expect(shown.replaceAll(/\u001b\[\d+m/g, '')).toContain('craftItemId: 2305843010');
    } finally {
      write.mockRestore();
    }
  });
});
