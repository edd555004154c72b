/** Budgets of one process alone, for commands that run without a ledger. */
import { type BudgetPlace, type BudgetStore, OVERDUE_MS } from '../../ledger/budgets/budgets.js';
import type { Clock } from './clock.js';

type Waiting = BudgetPlace & { readonly turnMs: number };

export function createProcessStore(clock: Pick<Clock, 'nowMs'>): BudgetStore {
  const states = new Map<string, { readonly state: unknown; readonly version: number }>();
  const places = new Map<string, Waiting>();
  const keyOf = (connection: string, waiter: string): string => JSON.stringify([connection, waiter]);
  return {
    load(connection) {
      const { state, version } = states.get(connection) ?? { state: {}, version: 0 };
      return Promise.resolve({ state, version, nowMs: clock.nowMs() });
    },

    save(connection, { version, state, served }) {
      if ((states.get(connection)?.version ?? 0) !== version) return Promise.resolve(null);
      states.set(connection, { state, version: version + 1 });
      for (const waiter of served) places.delete(keyOf(connection, waiter));
      return Promise.resolve({ nowMs: clock.nowMs() });
    },

    keepPlace(place, { ahead, perCallMs, atLeastMs }) {
      const nowMs = clock.nowMs();
      const goesBefore = (other: Waiting): boolean =>
        other.connection === place.connection &&
        other.callClass === place.callClass &&
        other.waiter !== place.waiter &&
        other.askedMs < place.askedMs &&
        other.turnMs > nowMs - OVERDUE_MS;
      const before = [...places.values()].filter(goesBefore).length;
      const inMs = Math.max(atLeastMs, (ahead + before) * perCallMs);
      places.set(keyOf(place.connection, place.waiter), { ...place, turnMs: nowMs + inMs });
      return Promise.resolve(inMs);
    },

    placeOf(connection, waiter) {
      return Promise.resolve(places.get(keyOf(connection, waiter))?.askedMs ?? null);
    },
  };
}
