/**
 * The clocks and timers of code that runs for an actor are virtual: the wall clock is that of its process, which may be
 * wrong, and a stopped process's timers wait for it. Code that runs for nobody (the database driver, the runner) keeps
 * the real ones.
 */
import { AsyncResource } from 'node:async_hooks';
import { actors } from './scheduler.js';

type Callback = (...args: unknown[]) => void;

class VirtualTimer {
  cancel: () => void = () => undefined;
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** To be called once in a process, before the product is used. */
export function installVirtualClock(): void {
  const real = {
    now: Date.now.bind(Date),
    monotonic: performance.now.bind(performance),
    setTimeout,
    setInterval,
    clearTimeout,
    clearInterval,
  };
  Date.now = () => {
    const actor = actors.getStore();
    return actor === undefined ? real.now() : actor.scheduler.nowMs() + actor.process.skewMs;
  };
  performance.now = () => actors.getStore()?.scheduler.nowMs() ?? real.monotonic();
  const timer = (callback: Callback, ms: number, args: unknown[], repeats: boolean): VirtualTimer | null => {
    const actor = actors.getStore();
    if (actor === undefined) return null;
    const handle = new VirtualTimer();
    const fire = AsyncResource.bind(() => callback(...args));
    const arm = (): void => {
      handle.cancel = actor.scheduler.later(actor, ms, () => {
        if (repeats) arm();
        fire();
      });
    };
    arm();
    return handle;
  };
  const clear = (realClear: typeof clearTimeout) => (handle: unknown) => {
    if (handle instanceof VirtualTimer) handle.cancel();
    else realClear(handle as NodeJS.Timeout);
  };
  Object.assign(globalThis, {
    setTimeout: (callback: Callback, ms = 0, ...args: unknown[]) =>
      timer(callback, ms, args, false) ?? real.setTimeout(callback, ms, ...args),
    setInterval: (callback: Callback, ms = 0, ...args: unknown[]) =>
      timer(callback, ms, args, true) ?? real.setInterval(callback, ms, ...args),
    clearTimeout: clear(real.clearTimeout),
    clearInterval: clear(real.clearInterval),
  });
}
