/**
 * Remembers the ports that no flag chose, in `<state>/ports.json`, so that links of an earlier run (to the sandbox, to
 * the ledger) still work. A port that is taken by now is replaced by a free one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { claimPort } from '../ports.js';

export type PortName = 'sandbox' | 'postgres' | 'listener';

/** The ports where none is remembered. */
export const FIRST_CHOICE = { listener: 8788, sandbox: 8789, postgres: 0 } as const satisfies Record<PortName, number>;

/** A port that is free now. */
export async function rememberedPort(stateDir: string, name: PortName): Promise<number> {
  const known = readPorts(stateDir);
  const use = { what: `the ${name}`, flag: '--state' };
  const port = await claimPort(known[name] ?? FIRST_CHOICE[name], use).catch(() => claimPort(0, use));
  writeFileSync(fileOf(stateDir), `${JSON.stringify({ ...readPorts(stateDir), [name]: port })}\n`, { mode: 0o600 });
  return port;
}

const fileOf = (stateDir: string): string => join(stateDir, 'ports.json');

function readPorts(stateDir: string): Partial<Record<PortName, number>> {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(stateDir), 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    const ports = Object.entries(value).filter(([, port]) => Number.isInteger(port) && port > 0 && port < 65_536);
    return Object.fromEntries(ports);
  } catch {
    return {};
  }
}
