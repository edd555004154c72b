/** What happens to worker processes: killed, stopped and woken, with another clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import { leasesOfPuts, notesOfCreates } from '../../../harness/deployment/heldStatements.js';
import type { ActionFault } from '../plan/faults.js';
import type { Hand, Performance, Stage } from './stage.js';

type Of<K extends ActionFault['kind']> = Extract<ActionFault, { readonly kind: K }>;

const SHIFTED_CLOCK = pathToFileURL(fileURLToPath(new URL('./shiftedClock.mjs', import.meta.url))).href;
/** A worker that no held statement stops within this time was not needed. */
const REACHED_WITHIN_MS = 8_000;

export function kill({ worker, backAfterMs }: Of<'kill'>): Performance {
  return async (stage, go) => {
    const hand = stage.hand(worker);
    if (hand === null) return;
    hand.isEnded = true;
    await hand.program.kill();
    stage.note({ who: 'fault', what: `kill -9 of ${hand.name}`, kind: 'kill', ok: true });
    go();
    await sleep(backAfterMs);
    await startAnother(stage);
  };
}

async function startAnother(stage: Stage): Promise<Hand> {
  const hand = await stage.startWorker();
  stage.note({ who: 'run', what: `${hand.name} works`, kind: null, ok: true });
  return hand;
}

export function freeze({ worker, forMs }: Of<'freeze'>): Performance {
  return async (stage, go) => {
    const hand = stage.hand(worker);
    if (hand === null) return;
    stop(stage, hand, 'freeze');
    go();
    await sleep(forMs);
    wake(stage, hand);
  };
}

function stop(stage: Stage, hand: Hand, kind: 'freeze' | 'zombie'): void {
  hand.program.freeze();
  hand.isFrozen = true;
  stage.note({ who: 'fault', what: `SIGSTOP of ${hand.name}`, kind, ok: true });
}

function wake(stage: Stage, hand: Hand): void {
  if (hand.isEnded) return;
  hand.program.thaw();
  hand.isFrozen = false;
  stage.note({ who: 'fault', what: `SIGCONT of ${hand.name}`, kind: null, ok: true });
}

/** Every worker that runs is stopped while the answer to its lease is held in the database; another one takes over. */
export async function zombie(stage: Stage, { write, forMs }: Of<'zombie'>): Promise<Performance> {
  const held = await (write === 'create' ? notesOfCreates(stage.deployment) : leasesOfPuts(stage.deployment));
  stage.atTheEnd(() => held.close());
  return async () => {
    await held.hold();
    const reached = await Promise.race([held.reached().then(() => true), sleep(REACHED_WITHIN_MS, false)]).catch(
      () => false,
    );
    const hands = stage.hands.filter(({ isEnded, isFrozen }) => !isEnded && !isFrozen);
    if (reached) for (const hand of hands) stop(stage, hand, 'zombie');
    await held.letGo();
    if (!reached) return;
    const successor = startAnother(stage);
    await sleep(forMs);
    for (const hand of hands) wake(stage, hand);
    await successor;
  };
}

/** It is laid out before the worker starts; its moment is in `afterMs`. */
export async function shiftClock(stage: Stage, { worker, byMs, afterMs }: Of<'clock'>): Promise<Performance> {
  const number = (worker % stage.plan.workers) + 1;
  stage.environments.set(number, {
    NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`,
    SHIFTED_CLOCK_MS: String(byMs),
    SHIFTED_CLOCK_AFTER_MS: String(afterMs),
  });
  return async (now) => {
    const what = `the clock of worker ${number} is ${byMs} ms off, ${afterMs} ms after its start`;
    now.note({ who: 'fault', what, kind: 'clock', ok: true });
  };
}
