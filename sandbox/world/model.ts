/** What all systems share: who changes things, what listeners are told, counters and keys. */
import type { System } from './systems.js';

/** Who caused a change; `api` is any client over HTTP. */
export type By = 'api' | 'product-manager' | 'developer' | 'seed';

/** A numbered series that never gives a number twice, not even after a delete or a restart. */
export interface Counter {
  readonly id: string;
  readonly value: number;
}

/** The key that a system accepts. In a table, so that a changed key survives a restart. */
export interface ApiKey {
  readonly id: System;
  readonly key: string;
}

export interface WorldChange {
  readonly at: string;
  readonly by: By;
  readonly side: System;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly what: 'item' | 'work-item' | 'comment' | 'label' | 'initiative' | 'feedback';
  readonly id: string;
  /** What people call it: `MOB-102`; null where it has no key. */
  readonly key: string | null;
  /** Of a comment: what people call its item. */
  readonly on?: string;
}
