/** The state of all systems, and the only way to change it. */
import { CraftWorld } from '../craft/craftWorld.js';
import { behaviourWith, type Behaviour } from './behaviour.js';
import type { DevSystem, DevSystemParts } from './devSystem.js';
import { DEV_SYSTEMS, type DevSystems } from './devSystems.js';
import type { ApiKey } from './model.js';
import { DEV_SYSTEM_NAMES, type DevSystemName } from './systems.js';
import type { Table } from './table.js';
import { WorldBase, type WorldBaseOptions, type WorldListener } from './worldBase.js';

export interface WorldOptions extends WorldBaseOptions, Pick<DevSystemParts, 'log'> {
  /** @default `behaviourWith({})` */
  readonly behaviour?: Behaviour;
}

export class World {
  readonly base: WorldBase;
  readonly craft: CraftWorld;
  readonly tools: DevSystems;
  readonly keys: Table<ApiKey>;

  constructor(options: WorldOptions) {
    this.base = new WorldBase(options);
    this.keys = this.base.table<ApiKey>('keys');
    this.craft = new CraftWorld(this.base);
    this.tools = buildTools(this, options);
  }

  get seed(): number {
    return this.base.seed;
  }

  onChange(listener: WorldListener): () => void {
    return this.base.onChange(listener);
  }

  /** All dev tools, in the order of `systems.ts`. */
  toolList(): readonly DevSystem[] {
    return DEV_SYSTEM_NAMES.map((name) => this.tools[name]);
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

function buildTools(world: World, { behaviour = behaviourWith({}), log }: WorldOptions): DevSystems {
  const build = (name: DevSystemName): DevSystem =>
    DEV_SYSTEMS[name]({ world: world.base, key: () => world.key(name), behaviour, ...(log !== undefined && { log }) });
  return Object.fromEntries(DEV_SYSTEM_NAMES.map((name) => [name, build(name)])) as unknown as DevSystems;
}
