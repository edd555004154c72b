/**
 * Whether there is a history of every workflow at every rest and step: what is wanted is read from the code, what there
 * is from the events of the histories. `npm run record-histories` records what is missing; where it does not, add the
 * situation to recording/situations.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as messages from '../../domain/messages.js';
import { FINAL_PHASES, isFinal, OPEN_PHASES, PHASES, REASONS } from '../../domain/phases.js';
import * as workflows from '../../workflows/index.js';
import { factsOf, type Facts } from './facts.js';
import { recordedHistories, UNRELEASED } from './histories.js';
import { tracesIn } from './normal.js';

const SOURCES = fileURLToPath(new URL('../../workflows/', import.meta.url));

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(`${SOURCES}${path}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '') }));

/** What the first group of the pattern finds in the workflows' code. */
function inCode(pattern: RegExp): readonly string[] {
  return [...new Set(sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = '']) => name)))].sort();
}

function messageNames(type: 'signal' | 'update'): readonly string[] {
  return Object.values(messages).flatMap((one) =>
    typeof one === 'object' && 'type' in one && one.type === type && 'name' in one ? [one.name] : [],
  );
}

const WORKFLOWS = Object.keys(workflows);
const CONTINUING = ['itemSync', 'feedbackIntake', 'readySweep', 'intakeSweep'];

describe('replay/matrix', () => {
  let all: readonly Facts[] = [];
  /** Of the code as it is, or nearly: what a release changes must be recorded with it. */
  let present: readonly Facts[] = [];
  beforeAll(async () => {
    all = await Promise.all(recordedHistories().map(factsOf));
    present = all.filter(({ release }) => release === UNRELEASED);
  });

  const lacking = <T>(wanted: readonly T[], has: (one: T, facts: Facts) => boolean): readonly T[] =>
    wanted.filter((one) => !present.some((facts) => has(one, facts)));

  it('every workflow has a history of a run that ended, and of one that goes on', () => {
    expect(WORKFLOWS.length).toBeGreaterThan(5);
    expect(lacking(WORKFLOWS, (name, { workflow, ended }) => workflow === name && ended !== null)).toEqual([]);
    expect(lacking(WORKFLOWS, (name, { workflow, ended }) => workflow === name && ended === null)).toEqual([]);
  });

  it('every phase has a history whose run rests in it: one that ended where the phase is final, else an open one', () => {
    const rests = (phase: string, { workflow, restsIn, ended }: Facts): boolean =>
      workflow === 'itemSync' && restsIn === phase && (ended === null) === OPEN_PHASES.some((open) => open === phase);
    expect(lacking(PHASES, rests)).toEqual([]);
    expect(FINAL_PHASES.every(isFinal)).toBe(true);
  });

  it('every reason was shown by a run', () => {
    expect(lacking(REASONS, (reason, { reasons }) => reasons.includes(reason))).toEqual([]);
  });

  it('every signal and update was heard, and every update was under way when a history was taken', () => {
    expect(lacking(messageNames('signal'), (name, { signals }) => signals.includes(name))).toEqual([]);
    expect(lacking(messageNames('update'), (name, { updates }) => updates.includes(name))).toEqual([]);
    expect(lacking(messageNames('update'), (name, { inFlight }) => inFlight.includes(name))).toEqual([]);
    expect(messageNames('update').length).toBeGreaterThan(3);
  });

  it('every step that the workflows take was taken', () => {
    const steps = inCode(/\b(?:itemSteps|ledgerSteps|sweepReads|laterAttempts)\.(\w+)/g);
    const attempts = inCode(/take\(run, '(\w+)'/g);
    expect(steps.length).toBeGreaterThan(20);
    expect(lacking([...steps, ...attempts], (name, { activities }) => activities.includes(name))).toEqual([]);
  });

  it('every patch that runs note was noted, and of those that one stands for, some by runs of builds before it', () => {
    const noted = inCode(/\bpatched\('([\w-]+)'\)/g);
    expect(noted).toContain('patches-from-the-start');
    expect(lacking(noted, (name, facts) => facts.patches.includes(name))).toEqual([]);
    const stoodFor = inCode(/\bisPatched\('([\w-]+)'\)/g);
    expect(all.flatMap(({ patches }) => patches).filter((name) => stoodFor.includes(name))).toContain(
      'first-attempt-in-task',
    );
  });

  it('every workflow that continues as new has a history of the run that ends so, and of the one in its place', () => {
    const found = sources.filter(({ text }) => /\bcontinueAsNew</.test(text)).map(({ path }) => path);
    expect(found).toHaveLength(CONTINUING.length);
    const of = (name: string, facts: Facts): boolean => facts.workflow === name;
    expect(lacking(CONTINUING, (name, facts) => of(name, facts) && facts.ended === 'continued-as-new')).toEqual([]);
    expect(lacking(CONTINUING, (name, facts) => of(name, facts) && facts.continues)).toEqual([]);
  });

  it('there is one of a task that a query divided, after which the replay knows of no new patch', () => {
    const divided = present.filter(({ hasDividedTask }) => hasDividedTask);
    expect(divided.some(({ patches }) => patches.includes('patches-from-the-start'))).toBe(true);
  });

  it('there is an encrypted one, one of each step of an item that was under way, and those of the last release', () => {
    expect(present.some(({ isEncrypted, phases }) => isEncrypted && phases.includes('following'))).toBe(true);
    const steps = ['checkReadiness', 'createDevItem', 'lockCraftItem', 'pushProgress', 'checkDrift'];
    expect(lacking(steps, (step, { underWay, ended }) => ended === null && underWay.includes(step))).toEqual([]);
    const releases = [...new Set(all.map(({ release }) => release))];
    expect(releases.filter((release) => release !== UNRELEASED)).not.toEqual([]);
  });

  it.each(recordedHistories().map(({ file, text }) => [file, text] as const))(
    'holds nothing of the place where it was recorded: %s',
    async (_file, text) => {
      expect(await tracesIn(text)).toEqual([]);
    },
  );
});
