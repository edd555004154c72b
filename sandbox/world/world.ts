/**
 * The state of all systems, and the only way to change it.
 *
 * Everything is synchronous: a request is applied completely or not at all, in the order of arrival. Whoever changes the
 * world says who did it (`By`); listeners hear of each change after it was made.
 */
import { behaviourWith, type Behaviour } from './behaviour.js';
import { CraftWorld } from '../craft/craftWorld.js';
import type { DevSide } from '../people/devSide.js';
import { KitemakerWorld } from '../kitemaker/kitemakerWorld.js';
import { kitemakerSide } from '../kitemaker/side.js';
import type { ApiKey, Counter, WorldChange } from './model.js';
import { seededRandom, type Random } from './random.js';
import { DEV_SYSTEMS, type BuildDevSystem, type DevSystem, type DevToolSystem } from './devSystems.js';
import { Table, type Row, type TableObserver } from './table.js';

export type WorldListener = (change: WorldChange) => void;

export interface WorldOptions {
  readonly seed: number;
  readonly nowMs?: () => number;
  /** @default `behaviourWith({})` */
  readonly behaviour?: Behaviour;
}

/** What the systems share: tables that are persisted, counters, time, chance, and news of changes. */
export class WorldBase {
  readonly seed: number;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly tables = new Map<string, Table<Row>>();
  private readonly observers = new Set<TableObserver>();
  private readonly listeners = new Set<WorldListener>();
  private readonly counters: Table<Counter>;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.random = seededRandom(options.seed);
    this.nowMs = options.nowMs ?? Date.now;
    this.counters = this.table<Counter>('counters');
  }

  table<T extends Row>(name: string): Table<T> {
    const table = new Table<T>(name, (change) => {
      for (const observer of this.observers) observer(change);
    });
    this.tables.set(name, table);
    return table;
  }

  /** The next number of a series, never given twice. */
  next(counter: string): number {
    const value = (this.counters.get(counter)?.value ?? 0) + 1;
    this.counters.put({ id: counter, value });
    return value;
  }

  now(): string {
    return new Date(this.nowMs()).toISOString();
  }

  /** Every replaced row, for persistence. */
  observe(observer: TableObserver): void {
    this.observers.add(observer);
  }

  /** Returns the function that ends the subscription. A listener that throws stops nobody else. */
  onChange(listener: WorldListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(change: Omit<WorldChange, 'at'>): void {
    if (this.listeners.size === 0) return;
    const told = { at: this.now(), ...change };
    for (const listener of this.listeners) {
      try {
        listener(told);
      } catch {
        // A page that went away must not fail the request that caused the change.
      }
    }
  }
}

export class World {
  readonly base: WorldBase;
  readonly craft: CraftWorld;
  readonly kitemaker: KitemakerWorld;
  /** The dev tools besides Kitemaker. */
  readonly tools: Readonly<Record<DevToolSystem, DevSystem>>;
  readonly keys: Table<ApiKey>;
  private readonly sides: ReadonlyMap<string, DevSide>;

  constructor(options: WorldOptions) {
    this.base = new WorldBase(options);
    this.keys = this.base.table<ApiKey>('keys');
    this.craft = new CraftWorld(this.base);
    this.kitemaker = new KitemakerWorld(this.base);
    this.tools = buildTools(this, options.behaviour ?? behaviourWith({}));
    const sides = [kitemakerSide(this.kitemaker), ...Object.values<DevSystem>(this.tools).map(({ side }) => side)];
    this.sides = new Map(sides.map((side) => [side.system, side]));
  }

  get seed(): number {
    return this.base.seed;
  }

  onChange(listener: WorldListener): () => void {
    return this.base.onChange(listener);
  }

  /** A dev tool as its people use it. */
  side(system: string): DevSide {
    const side = this.sides.get(system);
    if (side === undefined) throw new Error(`the world has no dev tool ${system}`);
    return side;
  }

  /** The key that a system accepts now. */
  key(id: ApiKey['id']): string {
    const found = this.keys.get(id);
    if (found === undefined) throw new Error(`the world has no key for ${id}`);
    return found.key;
  }

  isEmpty(): boolean {
    return this.craft.workspaces.size === 0;
  }
}

function buildTools(world: World, behaviour: Behaviour): World['tools'] {
  const built = Object.entries<BuildDevSystem>(DEV_SYSTEMS).map(([system, build]) => [
    system,
    build({ world: world.base, key: () => world.key(system as DevToolSystem), behaviour }),
  ]);
  return Object.fromEntries(built) as World['tools'];
}
