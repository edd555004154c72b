/** Waits for a fault's moment and hands it to whoever carries it out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isWire, type ActionFault, type Injection, type When } from '../plan/faults.js';
import { FAULTS_FOR_MS } from '../plan/plan.js';
import * as people from './people.js';
import * as processes from './processes.js';
import type { Performance, Stage } from './stage.js';
import * as systems from './systems.js';
import { startStorm } from './webhooks.js';

/** Begins when called; resolves when the fault is over, or was not met. */
export type Ready = () => Promise<void>;

/** So begins what is said of a fault that threw. */
export const NOT_CARRIED_OUT = 'a fault could not be carried out';

/** To be called before workers run: some faults must be laid out first. */
export async function prepare(stage: Stage, { when, fault }: Injection): Promise<Ready> {
  if (isWire(fault)) {
    return async () => {
      await untilTime(stage, when);
      const struck = stage.proxy.strike(fault).then(() => 'struck' as const);
      if ((await Promise.race([struck, lifted(stage)])) !== 'struck') return;
      stage.note({ who: 'fault', what: `${fault.kind} of ${fault.calls}`, kind: fault.kind, ok: true });
    };
  }
  const perform = await performanceOf(stage, fault);
  return () => atItsMoment(stage, when, perform);
}

async function performanceOf(stage: Stage, fault: ActionFault): Promise<Performance> {
  switch (fault.kind) {
    case 'clock':
      return processes.shiftClock(stage, fault);
    case 'zombie':
      return processes.zombie(stage, fault);
    case 'kill':
      return processes.kill(fault);
    case 'freeze':
      return processes.freeze(fault);
    case 'webhook-storm':
      return startStorm(stage, fault);
    case 'refused':
      return systems.refused(fault);
    case 'list-lag':
    case 'lost-right':
      return systems.sight(fault);
    case 'temporal-restart':
    case 'postgres-restart':
      return systems.restart(fault);
    case 'pool-full':
      return systems.poolFull(fault);
    case 'two-sweeps':
      return systems.twoSweeps();
    case 'run-terminated':
      return systems.runTerminated(fault);
    case 'ledger-restored':
      return systems.ledgerRestored(fault);
    case 'mapping-changed':
      return systems.mappingChanged();
    case 'read-only-commands':
      return systems.readOnlyCommands();
    case 'more-items':
      return people.moreItems(fault);
    case 'craft-edited':
    case 'craft-unreadied':
    case 'craft-deleted':
    case 'craft-moved':
      return people.inCraft(fault);
    case 'dev-edited':
    case 'dev-deleted':
    case 'dev-moved':
      return people.inTool(fault);
    case 'pause-and-resume':
    case 'release':
    case 'resync':
    case 'release-and-recreate':
      return people.verb(fault);
  }
}

async function untilTime(stage: Stage, when: When): Promise<void> {
  if ('atMs' in when) await sleep(Math.max(0, stage.startedMs + when.atMs - Date.now()));
}

function lifted(stage: Stage): Promise<'lifted'> {
  const leftMs = stage.startedMs + FAULTS_FOR_MS - Date.now();
  return sleep(Math.max(0, leftMs), 'lifted' as const, { ref: false });
}

async function atItsMoment(stage: Stage, when: When, perform: Performance): Promise<void> {
  const safely = (go: () => void): Promise<void> =>
    perform(stage, go).catch((error: unknown) => {
      stage.note({ who: 'run', what: `${NOT_CARRIED_OUT}: ${String(error)}`, kind: null, ok: false });
    });
  if ('atMs' in when) {
    await untilTime(stage, when);
    return safely(() => undefined);
  }
  let over = Promise.resolve();
  const met = new Promise<'met'>((resolve) => {
    stage.proxy.await(
      when.call,
      when.nth,
      when.moment,
      () =>
        new Promise<void>((go) => {
          over = safely(go).finally(go);
          resolve('met');
        }),
    );
  });
  if ((await Promise.race([met, lifted(stage)])) === 'met') await over;
}
