/** A terminal that records what a command writes. */
import pc from 'picocolors';

import { createRedactor } from '../../domain/redaction/redactor.js';
import type { Terminal } from '../../clients/terminal.js';
import { printableJson } from '../../domain/rules/printable.js';

export interface RecordedTerminal extends Terminal {
  readonly out: string[];
  readonly err: string[];
}

export function recordedTerminal(own: Partial<Terminal> = {}): RecordedTerminal {
  const out: string[] = [];
  const err: string[] = [];
  return {
    env: {},
    cwd: '/nowhere',
    isTty: false,
    drawsProgress: false,
    width: null,
    colors: pc.createColors(false),
    print: (text) => void out.push(text),
    json: (value) => void out.push(printableJson(value)),
    note: (text) => void err.push(text),
    redactor: createRedactor(),
    ...own,
    out,
    err,
  };
}
