/** What a key may see: everything, until a fault takes spaces or workspaces away from it. */

export interface Sight {
  /** A space or workspace. `missing`: answered as if it did not exist; `empty`: there, and nothing in it. */
  readonly of: (scopeId: string) => 'full' | 'empty' | 'missing';
}

export const FULL_SIGHT: Sight = { of: () => 'full' };
