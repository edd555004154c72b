/** When a changed configuration is in force. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { loadConfiguration } from '../../config/configuration.js';
import { createRedactor } from '../../domain/redaction/redactor.js';
import type { Ledger } from '../../ledger/ledger.js';
import { createCurrent } from '../../runtime/currentConfiguration.js';
import { configurationText, temporaryFolder } from '../fixtures/configurationFile.js';

const textWith = (maxNewPerSweep: number): string =>
  configurationText({ pipeline: { maxNewPerSweep: String(maxNewPerSweep) } });

function start() {
  const path = join(temporaryFolder(), 'craftsync.yaml');
  writeFileSync(path, textWith(1));
  const lines: string[] = [];
  const redactor = createRedactor();
  const current = createCurrent({
    configuration: loadConfiguration({ path, env: {} }),
    env: {},
    ledger: { connections: {} } as Ledger,
    process: 'one',
    redactor,
    logger: pino({}, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(() => current.close());
  const inForce = (): number | undefined => current.current().settings.pipelines['mobile']?.maxNewPerSweep;
  /** Written `agoMs` ago. */
  const write = (text: string, agoMs = 1_000): void => {
    writeFileSync(path, text);
    const at = new Date(Date.now() - agoMs);
    utimesSync(path, at, at);
  };
  return { inForce, write, lines, redactor };
}

describe('runtime/currentConfiguration', () => {
  it('a saved file is in force at the very next call', () => {
    const { inForce, write } = start();
    expect(inForce()).toBe(1);
    write(textWith(2));
    expect(inForce()).toBe(2);
    write(textWith(3), 900);
    expect(inForce()).toBe(3);
  });

  it('a changed key is a secret from then on, and the old one stays one', () => {
    const { inForce, write, redactor } = start();
    const keyed = (key: string): string =>
      configurationText({ craft: `{ baseUrl: "https://c.test", apiKey: ${key} }` });
    for (const key of ['first-key-1234', 'second-key-5678']) {
      write(keyed(key));
      inForce();
    }
    expect(redactor.redact('first-key-1234 second-key-5678')).toBe('[redacted] [redacted]');
  });

  it('a file that is being written is read when it is whole', async () => {
    const { inForce, write, lines } = start();
    write(textWith(2).slice(0, 80), 0);
    expect(inForce()).toBe(1);
    write(textWith(2), 0);
    expect(inForce()).toBe(1);
    await sleep(100);
    expect(inForce()).toBe(2);
    expect(lines.join()).not.toContain('wrong');
  });

  it('a wrong file leaves the last good one in force, is logged once, and can be corrected', () => {
    const { inForce, write, lines } = start();
    write(textWith(2).replace('mobile', 'Mobile'));
    expect([inForce(), inForce()]).toEqual([1, 1]);
    expect(lines.filter((line) => line.includes('the last good one stays in force'))).toHaveLength(1);
    write(textWith(4), 900);
    expect(inForce()).toBe(4);
  });

  it('a file with a time in the future, by another machine’s clock, is read', () => {
    const { inForce, write } = start();
    write(textWith(2), -60_000);
    expect(inForce()).toBe(2);
  });
});
