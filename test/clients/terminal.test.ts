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

  it('shows texts from outside, on either stream, without obeying them; to programs it gives them unchanged', () => {
    const hostile = 'a\u001b]52;c;eA==\u0007\u001b[2J\u009b2J\u202eb\r';
    for (const isTTY of [true, false]) {
      const [stdout, stderr] = [0, 1].map(() => Object.assign(new PassThrough(), { isTTY, columns: 80 }));
      const terminal = createTerminal({ stdout, stderr } as never, { FORCE_COLOR: '1' }, '/nowhere');
      terminal.print(`${terminal.colors.red('wrong')} ${hostile}`);
      terminal.note(hostile);
      for (const stream of [stdout, stderr])
        expect(String(stream?.read()).replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
      terminal.json({ hostile });
      const json = String(stdout?.read());
      expect(json).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
      expect(JSON.parse(json)).toEqual({ hostile });
    }
  });

  it('takes a secret out of the texts of JSON, and leaves the keys and numbers that others script against', () => {
    const stdout = new PassThrough();
    const terminal = createTerminal({ stdout, stderr: new PassThrough() } as never, {}, '/nowhere');
    terminal.redactor.add(['craftItemId', '2305843010']);
    terminal.json({ craftItemId: 2305843010, why: 'craftItemId=2305843010' });
    expect(JSON.parse(String(stdout.read()))).toEqual({ craftItemId: 2305843010, why: '[redacted]=[redacted]' });
  });
});
