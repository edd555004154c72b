/**
 * Preloaded into one worker (`node --import`): its wall clock is SHIFTED_CLOCK_MS off, beginning SHIFTED_CLOCK_AFTER_MS
 * after its start. The monotonic clock goes on, as it does when an operator or NTP sets a clock.
 */
const byMs = Number(process.env.SHIFTED_CLOCK_MS ?? '0');
const fromMs = performance.now() + Number(process.env.SHIFTED_CLOCK_AFTER_MS ?? '0');
const RealDate = Date;
const now = () => RealDate.now() + (performance.now() >= fromMs ? byMs : 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
