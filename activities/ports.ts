/** What the activities need from outside, fulfilled by `runtime/` and by tests. */
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
}

/** Hands news on to `itemSync` runs; a Temporal client stands behind it. */
export interface ItemSyncs {
  /** Signals the run, starting one where none runs: it begins from its row. */
  devItemChanged(item: ItemRef, snapshot?: DevItemSnapshot): Promise<void>;
  craftItemChanged(item: ItemRef): Promise<void>;
  /** Starts a run; one that runs already is left alone. */
  start(item: ItemRef): Promise<void>;
  /** Of these items, those with no running run. */
  notRunning(pipeline: string, items: readonly ItemRef[]): Promise<readonly ItemRef[]>;
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
  readonly alerts: Alerts;
}
