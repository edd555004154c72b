/** Who is paused or released is left alone, and what only reads writes nothing (I8). */
import type { Deed, RunRecord, SeenCall } from '../record/record.js';
import { factsOf, forgottenMs, valuesIn, type Finding, type ItemFacts } from './facts.js';

/** A request that was sent before the command ended may arrive after it. */
const ON_THE_WAY_MS = 250;

const ENDS: Readonly<Record<string, readonly string[]>> = {
  pause: ['resume', 'release'],
  release: ['recreate', 'relink'],
};

export function touched(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap((facts) =>
    restsOf(record, facts).flatMap(({ verb, fromMs, toMs }) =>
      [...facts.creates, ...facts.puts]
        .filter(({ atMs }) => atMs > fromMs + ON_THE_WAY_MS && atMs < toMs)
        .filter((call) => !saysOnlyHowItStands(record, call))
        .map((call) => ({
          check: `hands off after ${verb}`,
          column: 'other' as const,
          craftItemId: facts.id,
          words: `call ${call.seq} (${call.method} ${call.path}) came ${call.atMs - fromMs} ms after ${verb} had ended`,
        })),
    ),
  );
}

function restsOf(record: RunRecord, { deeds }: ItemFacts): readonly { verb: string; fromMs: number; toMs: number }[] {
  const verbOf = ({ what }: Deed): string => what.split(' ')[0] ?? '';
  const orders = deeds.filter(({ who, ok }) => who === 'operator' && ok);
  return orders.flatMap((deed) => {
    const ends = ENDS[verbOf(deed)];
    const isInForce = / (paused|released)$/.test(deed.what);
    if (ends === undefined || !isInForce) return [];
    // The next order may be in force before its command ends.
    const end = orders.find((one) => one.atMs >= deed.untilMs && ends.includes(verbOf(one)));
    return [{ verb: verbOf(deed), fromMs: deed.untilMs, toMs: forgottenMs(record, deed) ?? end?.atMs ?? Infinity }];
  });
}

function saysOnlyHowItStands({ fields }: RunRecord, call: SeenCall): boolean {
  const { status } = (call.body ?? {}) as { readonly status?: unknown };
  const written = [...valuesIn(call).keys()];
  return call.kind === 'put' && status === undefined && written.every((id) => id === fields.state);
}

export function readersWrite(record: RunRecord): readonly Finding[] {
  return record.calls
    .filter(({ from, kind, method }) => from === 'command' && method !== 'GET' && isWrite(kind))
    .map(({ seq, method, path }) => ({
      check: 'I8 a reading command writes',
      column: 'other',
      craftItemId: null,
      words: `call ${seq}: ${method} ${path}`,
    }));
}

function isWrite(kind: SeenCall['kind']): boolean {
  return kind === 'create' || kind === 'put' || kind === 'comment';
}

export function believedForged(record: RunRecord): readonly Finding[] {
  return record.deeds
    .filter(({ what, ok }) => !ok && what === 'a forged webhook was believed')
    .map(({ what }) => ({ check: 'forged webhook', column: 'other', craftItemId: null, words: what }));
}
