import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal, isColorful } from '../../clients/terminal.js';

describe('clients/terminal', () => {
  it('has no colours where NO_COLOR is set or stdout is no terminal', () => {
    expect(isColorful({}, true)).toBe(true);
    expect(isColorful({ NO_COLOR: '1' }, true)).toBe(false);
    expect(isColorful({ NO_COLOR: '' }, true)).toBe(true);
    expect(isColorful({}, false)).toBe(false);
  });

  it('never shows a secret', () => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const streams = { stdout, stderr } as unknown as Parameters<typeof createTerminal>[0];
    const env = { DATABASE_URL: 'postgres://me:pass%20phrase@db/x', TEMPORAL_API_KEY: 'temporal-key-1' };
    const terminal = createTerminal(streams, env, '/');
    terminal.redactor.add(['abcdef1234']);
    terminal.print('key abcdef1234 in a URL');
    terminal.note('ABCDEF1234, pass phrase, temporal-key-1');
    expect(String(stdout.read())).toBe('key [redacted] in a URL\n');
    expect(String(stderr.read())).toBe('[redacted], [redacted], [redacted]\n');
  });
});
