import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../clients/program.js';
import { createTerminal } from '../../clients/terminal.js';
import { PHASES, REASONS } from '../../domain/phases.js';
import { REASON_TEXTS } from '../../domain/reasons.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import { isCode, proseOf, read, ROOT, textFiles } from './repository.js';

const runbook = read('docs/runbook.md');
const program = createProgram(createTerminal(process, {}, ROOT));
const commands = new Map(program.commands.map((command) => [command.name(), command]));

/** Everything that runs in production; the tables of words about reasons tell nothing of when one is given. */
const WORDS = ['domain/phases.ts', 'domain/reasons.ts', 'domain/rules/stateWords.ts'];
const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
const rooms = include.filter((room) => room !== 'sandbox' && room !== 'stack');
const product = textFiles()
  .filter((path) => isCode(path) && rooms.some((room) => path.startsWith(`${room}/`)) && !WORDS.includes(path))
  .map((path) => withoutComments(path))
  .join('\n');

function withoutComments(path: string): string {
  const text = read(path);
  return proseOf(path, text).reduce((code, comment) => code.replace(comment.text, ''), text);
}

function sectionOf(page: string, title: string): string {
  const [, section = ''] = new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return section;
}

/** The rows of a section's first table: the word in its first cell, in backticks, and the whole line. */
function rowsOf(page: string, title: string): ReadonlyMap<string, string> {
  const [table = ''] = /^\|.*(?:\n\|.*)+/m.exec(sectionOf(page, title)) ?? [];
  const rows = [...table.matchAll(/^\| `([^`]+)` +\|.*$/gm)];
  return new Map(rows.map(({ 0: line, 1: word = '' }) => [word, line]));
}

/** Whether code gives a reason: it is written there as a word, or begins a message. */
const isGiven = (reason: string, code: string): boolean => new RegExp(`['"\`]${reason}['"\`:]`).test(code);

/** Whether a row says that a reason is not given. */
const saysNotGiven = (row: string): boolean => /\b(?:not given|does not give|never given|reserved|unused)\b/i.test(row);

function reasonProblems(page: string, code: string): readonly string[] {
  const rows = rowsOf(page, 'Reasons');
  return REASONS.flatMap((reason) => {
    const row = rows.get(reason) ?? '';
    const given = isGiven(reason, code);
    if (given && saysNotGiven(row)) return [`${reason} is given, and the runbook says that it is not`];
    if (!given && !saysNotGiven(row)) return [`${reason} is given nowhere, and the runbook does not say so`];
    return [];
  });
}

/** `craftsync <command> …` in backticks, as far as it is a command line. */
const commandLines = (page: string): readonly string[] =>
  [...page.matchAll(/craftsync ([a-z]+(?: [^`\n;,.)]*)?)/g)].map(([, line = '']) => line.trim());

const optionsOf = (command: Command | undefined): readonly string[] =>
  [program, command].flatMap((one) => one?.options.flatMap(({ long }) => long ?? []) ?? []);

function commandProblems(page: string): readonly string[] {
  return commandLines(page).flatMap((line) => {
    const [name = ''] = line.split(' ');
    const known = optionsOf(commands.get(name));
    if (!commands.has(name)) return [`craftsync ${name} does not exist`];
    const flags = line.match(/(?<=\s)--[a-z-]+/g) ?? [];
    return flags.filter((flag) => !known.includes(flag)).map((flag) => `craftsync ${name} has no ${flag}`);
  });
}

/** Where a command is written: in backticks and in code blocks; elsewhere the name of the program is only a word. */
function written(page: string): string {
  const blocks = [...page.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  const quoted = [...page.matchAll(/`((?:npx )?craftsync [^`\n]+)`/g)].map(([, line = '']) => line);
  const lines = blocks.join('\n').match(/^\s*(?:npx |docker compose )?.*?\bcraftsync .*$/gm) ?? [];
  return [...quoted, ...lines.map((line) => line.replace(/\s#.*$/, ''))].join('\n');
}

describe('docs/runbook: phases and reasons', () => {
  it('has an entry for every phase and for every reason', () => {
    for (const word of [...PHASES, ...REASONS]) expect(runbook, word).toMatch(new RegExp(`^\\| \`${word}\` +\\|`, 'm'));
  });

  it('has no entry for another phase or reason, and each once', () => {
    expect([...rowsOf(runbook, 'Phases').keys()]).toEqual(PHASES);
    expect([...rowsOf(runbook, 'Reasons').keys()]).toEqual(REASONS);
  });

  it('names no phase, reason or search attribute that does not exist', () => {
    const names = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
    for (const [name] of runbook.matchAll(/Craftsync[A-Z]\w*/g)) expect(names).toContain(name);
    for (const [, phase] of runbook.matchAll(/CraftsyncPhase = '([^']+)'/g)) expect(PHASES).toContain(phase);
    for (const [, reason] of runbook.matchAll(/CraftsyncBlockedBy = '([^']+)'/g)) expect(REASONS).toContain(reason);
    const lists = [...runbook.matchAll(/Craftsync(Phase|BlockedBy) IN \(([^)]+)\)/g)];
    expect(lists.length).toBeGreaterThan(0);
    for (const [, attribute, list = ''] of lists)
      for (const [, word] of list.matchAll(/'([^']+)'/g))
        expect(attribute === 'Phase' ? PHASES : REASONS).toContain(word);
  });

  it('names every search attribute', () => {
    for (const { name } of Object.values(SEARCH_ATTRIBUTES)) expect(runbook).toContain(name);
  });

  it('says of a reason that it is not given exactly where code never gives it', () => {
    expect(reasonProblems(runbook, product)).toEqual([]);
  });

  it('advises for each reason the commands that the product advises', () => {
    const rows = rowsOf(runbook, 'Reasons');
    for (const [reason, { advice }] of Object.entries(REASON_TEXTS)) {
      for (const [, command] of advice.matchAll(/`craftsync ([a-z]+)/g))
        expect(rows.get(reason), `${reason}: ${command}`).toContain(`craftsync ${command}`);
    }
  });

  it('says that all workers share a limit exactly while their budgets are kept in the ledger', () => {
    const isShared = /createBudget\(\{[^}]*store: ledger\.budgets/.test(product);
    expect(/`rateLimit\.perMinute` bounds all workers together/.test(runbook)).toBe(isShared);
  });
});

describe('docs/runbook: commands and metrics', () => {
  it('names only commands that exist', () => {
    const known = [...commands.keys()];
    const named = [...runbook.matchAll(/`craftsync ([a-z]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(20);
    for (const command of named) expect(known).toContain(command);
  });

  it('names only flags that the commands have', () => {
    expect(commandProblems(written(runbook))).toEqual([]);
    const all = program.commands.flatMap(optionsOf);
    for (const [, flag] of runbook.matchAll(/`(--(?:accept|rename|reason|all|json)[a-z-]*)[`=\s]/g))
      expect(all).toContain(flag);
  });

  it.each([
    'README.md',
    'CONTRIBUTING.md',
    'docs/rights.md',
    ...['kitemaker', 'redmine'].map((name) => `examples/${name}.yaml`),
  ])('nor does %s name another command or flag', (path) => {
    expect(commandProblems(written(read(path)))).toEqual([]);
  });

  it('names every metric of the listener, and no other', () => {
    const inRunbook = new Set(runbook.match(/\bcraftsync_\w+/g)?.filter((name) => !name.startsWith('craftsync_owner')));
    const inCode = new Set([...product.matchAll(/name: '(craftsync_\w+)'/g)].map(([, name]) => name));
    expect(inCode.size).toBeGreaterThan(3);
    expect(inRunbook).toEqual(inCode);
  });
});

describe('docs/runbook: what is found', () => {
  it('a reason that is given, of which the runbook says otherwise', () => {
    const stale = runbook.replace(/^\| `parent` .*$/m, '| `parent` | reserved; this release does not give it | – |');
    expect(reasonProblems(stale, product)).toEqual(['parent is given, and the runbook says that it is not']);
  });

  it('a reason that code has stopped giving', () => {
    const without = product.replaceAll(/'parent'/g, "'other'");
    expect(reasonProblems(runbook, without)).toEqual(['parent is given nowhere, and the runbook does not say so']);
  });

  it('a command and a flag that do not exist', () => {
    expect(commandProblems(written('`craftsync rebuild mobile`, `craftsync sweep mobile --everything`'))).toEqual([
      'craftsync rebuild does not exist',
      'craftsync sweep has no --everything',
    ]);
  });
});
