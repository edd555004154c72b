/**
 * Where the output of the stack's parts goes: all of it to `<state>/logs/<part>.log`; that of the parts that a person
 * follows also to the terminal, shortened, with the part's name before each line.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import pc from 'picocolors';

import { OWNER_ONLY_FOLDER } from '../stateModes.js';

/** A log that is larger than this when `up` starts is kept as `.1`, and a new one begins. */
const ROTATE_BYTES = 10 * 1024 * 1024;
const PREFIX_WIDTH = 9;

export interface Output {
  /** A line of `up` itself. */
  say(line: string): void;
  /** Takes a part's lines. `shown: false`: to the log only. */
  lineWriter(part: string, options: { shown: boolean }): (line: string) => void;
  readonly logsDir: string;
}

export function createOutput(stateDir: string, print: (line: string) => void): Output {
  const logsDir = join(stateDir, 'logs');
  mkdirSync(logsDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  return {
    logsDir,
    say: print,
    lineWriter: (part, { shown }) => {
      const file = join(logsDir, `${part}.log`);
      rotate(file);
      const prefix = pc.dim(`${part.padEnd(PREFIX_WIDTH)}|`);
      return (line) => {
        appendLine(file, line);
        if (shown) print(`${prefix} ${gistOf(line)}`);
      };
    },
  };
}

/** A full disk must not end what runs. */
function appendLine(file: string, line: string): void {
  try {
    appendFileSync(file, `${line}\n`, { mode: 0o600 });
  } catch {
    // The caller still shows the line in the terminal.
  }
}

function rotate(file: string): void {
  try {
    if (statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
}

const LEVEL_WORDS: Readonly<Record<number, string>> = {
  40: pc.yellow('warning: '),
  50: pc.red('error: '),
  60: pc.red('fatal: '),
};
/** Fields of a log line that the terminal leaves out. */
const DULL_FIELDS = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'v']);

/** The message of a JSON log line with its short fields; any other line unchanged. */
export function gistOf(line: string): string {
  const entry = parseObject(line);
  if (entry === null || typeof entry['msg'] !== 'string') return line;
  const level = typeof entry['level'] === 'number' ? (LEVEL_WORDS[entry['level']] ?? '') : '';
  const fields = Object.entries(entry)
    .filter(([name, value]) => !DULL_FIELDS.has(name) && isShort(value))
    .map(([name, value]) => `${name}=${String(value)}`);
  return `${level}${entry['msg']}${fields.length === 0 ? '' : pc.dim(` ${fields.join(' ')}`)}`;
}

function isShort(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 80);
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
