/** Budgets of one process alone, for commands that run without a ledger. */
import { type BudgetPlace, type Budgets, OVERDUE_MS } from '../../ledger/budgets/budgets.js';
import type { Clock } from './clock.js';

type Waiting = BudgetPlace & { readonly turnMs: number };

export function createProcessStore(clock: Pick<Clock, 'nowMs'>): Omit<Budgets, 'prune'> {
  const states = new Map<string, { readonly state: unknown; readonly version: number }>();
  /** By connection, then by waiter. */
  const lines = new Map<string, Map<string, Waiting>>();
  const lineOf = (connection: string): Map<string, Waiting> => {
    const line = lines.get(connection) ?? new Map<string, Waiting>();
    lines.set(connection, line);
    return line;
  };
  return {
    load(connection) {
      const { state, version } = states.get(connection) ?? { state: {}, version: 0 };
      return Promise.resolve({ state, version, nowMs: clock.nowMs() });
    },

    save(connection, { version, state, served }) {
      if ((states.get(connection)?.version ?? 0) !== version) return Promise.resolve(null);
      states.set(connection, { state, version: version + 1 });
      for (const waiter of served) lineOf(connection).delete(waiter);
      return Promise.resolve({ nowMs: clock.nowMs() });
    },

    keepPlaces(connection, places) {
      const nowMs = clock.nowMs();
      const line = lineOf(connection);
      for (const { waiter } of places) line.delete(waiter);
      const isCounted = places.some(({ perCallMs }) => perCallMs > 0);
      const known = isCounted ? [...line.values()].filter(({ turnMs }) => turnMs > nowMs - OVERDUE_MS) : [];
      const before = new Map<BudgetPlace, number>();
      const counts = new Map<string, number>();
      for (const one of [...known, ...places].sort((one, other) => one.askedMs - other.askedMs)) {
        const count = counts.get(one.callClass) ?? 0;
        before.set(one, count);
        counts.set(one.callClass, count + 1);
      }
      const turns = places.map((place) => {
        const goBefore = place.ahead + (before.get(place) ?? 0);
        return Math.max(place.atLeastMs, goBefore * place.perCallMs);
      });
      places.forEach((place, n) => line.set(place.waiter, { ...place, turnMs: nowMs + (turns[n] ?? 0) }));
      return Promise.resolve(turns);
    },

    placesOf(connection, waiters) {
      return Promise.resolve(waiters.map((waiter) => lineOf(connection).get(waiter)?.askedMs ?? null));
    },
  };
}
