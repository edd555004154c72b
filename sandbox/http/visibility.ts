/** What a key may see: everything, until a fault hides spaces or workspaces from it. */

export interface Sight {
  /** For a space or workspace. `missing`: answered as if it did not exist; `empty`: it exists, with nothing in it. */
  readonly of: (scopeId: string) => 'full' | 'empty' | 'missing';
}

export const FULL_SIGHT: Sight = { of: () => 'full' };
