/** What the activities need from outside, fulfilled by `runtime/` and by tests. */
import type { GiveBack, ReadCall } from '../connectors/port/calls.js';
import type { CraftConnector } from '../connectors/port/craft.js';
import type { DevToolConnector } from '../connectors/port/devTool.js';
import type { DevItemSnapshot } from '../domain/devItem.js';
import type { ItemRef } from '../domain/ids.js';
import type { Settings } from '../domain/settings.js';
import type { Ledger } from '../ledger/ledger.js';

/** One consistent view of the configuration and the connectors built from it. */
export interface Current {
  readonly settings: Settings;
  readonly craft: CraftConnector;
  /** Throws when the dev tool is not configured. */
  devTool(name: string): DevToolConnector;
  /** Waits for a turn in the budget of a dev tool (`CallBudget.turn`). */
  turn(devTool: string, call: ReadCall): Promise<GiveBack>;
  /** A connection is paused, or was: its traffic starts gently (`CallBudget.startGently`). */
  startGently(connection: string): void;
}

/**
 * One item to wake, and which of its two sides may have changed. Without a snapshot the run reads the dev item itself.
 */
export type Wake =
  | { readonly item: ItemRef; readonly changed: 'craft-item' }
  | { readonly item: ItemRef; readonly changed: 'dev-item'; readonly snapshot?: DevItemSnapshot };

export interface WakeOptions<W extends Wake> {
  /** Ends the waking between two signals, with an error. */
  readonly signal?: AbortSignal;
  /** Called after each item that was woken; where it fails, the item counts as not woken. */
  readonly onWoken?: (wake: W) => Promise<void>;
}

/** Wakes and starts `itemSync` runs, through a Temporal client. */
export interface ItemSyncs {
  /**
   * Signals the run of each item, starting one where none runs: it begins from its row. Notes `woken_at`. A bounded
   * number of signals is under way at a time, in the order given; one that fails stops no other (invariant I6).
   * Resolves with those that could not be signalled. A cancellation does not wait for the signals under way.
   */
  wake<W extends Wake>(wakes: readonly W[], options?: WakeOptions<W>): Promise<readonly W[]>;
  /** Starts a run; one that runs already is left alone. */
  start(item: ItemRef): Promise<void>;
  /** The same for many, in the way of `wake`: resolves with those that could not be started. */
  startEach(items: readonly ItemRef[], signal?: AbortSignal): Promise<readonly ItemRef[]>;
  /** Of these items, those with no running run. */
  notRunning(pipeline: string, items: readonly ItemRef[]): Promise<readonly ItemRef[]>;
}

/** Verified webhooks that are stored and that no listener has dealt with. */
export interface WaitingWebhooks {
  /** Wakes the items that they are about; how many. News that names no item counts as dealt with. */
  wakeItems(devTool: string, signal: AbortSignal): Promise<number>;
}

export interface Alerts {
  /** One message to the operators; failures are logged, never thrown. */
  send(message: string): Promise<void>;
}

export interface ActivityDeps {
  readonly ledger: Ledger;
  /** Re-reads a changed configuration file. */
  current(): Promise<Current>;
  readonly itemSyncs: ItemSyncs;
  readonly waitingWebhooks: WaitingWebhooks;
  readonly alerts: Alerts;
}

/**
 * The part of `ActivityDeps` that one function uses: `Needs<'log' | 'links', 'alerts'>` is these two parts of the
 * ledger and the alerts.
 */
export type Needs<LedgerPart extends keyof Ledger, Port extends Exclude<keyof ActivityDeps, 'ledger'> = never> = Pick<
  ActivityDeps,
  Port
> & { readonly ledger: Pick<Ledger, LedgerPart> };
