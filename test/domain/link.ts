/** Rows of the ledger for tests of pure code, of pipeline `mobile`, changed as a test needs it. */
import type { ItemLink } from '../../src/domain/link.js';

/** A fresh item. */
export function linkWith(changes: Partial<ItemLink> = {}): ItemLink {
  return {
    pipeline: 'mobile',
    craftItemId: '2305843010635321210',
    craftShortId: 'CRK-1',
    devTool: 'km',
    devItemId: null,
    devItemKey: null,
    devItemUrl: null,
    devScope: null,
    devStatus: null,
    generation: 1,
    phase: 'checking',
    blockedBy: null,
    blockedUntil: null,
    lastError: null,
    drift: false,
    duplicate: false,
    claimToken: null,
    claimedAt: null,
    sendBefore: null,
    sentAt: null,
    linkedAt: null,
    lockedAt: null,
    handedOver: null,
    fingerprint: null,
    lastProgress: null,
    devUpdatedAt: null,
    dismissedDevItems: [],
    wokenAt: null,
    updatedAt: '2026-11-21T10:00:00.000Z',
    craftUrl: null,
    driftFields: [],
    duplicateDevItems: [],
    unanswered: null,
    uncertainCreates: 0,
    pausedFrom: null,
    settlingSince: null,
    parentCraftItemId: null,
    sentTarget: null,
    writeRefusedAt: null,
    ...changes,
  };
}

/** An item that was handed over and is followed. */
export function followedLink(changes: Partial<ItemLink> = {}): ItemLink {
  return linkWith({
    craftShortId: 'MOB-1',
    devItemId: 'w1',
    devItemKey: 'KM-1',
    devScope: 'a',
    devStatus: 'Backlog',
    phase: 'following',
    sentAt: '2026-01-01T00:00:00.000Z',
    linkedAt: '2026-01-01T00:00:01.000Z',
    lockedAt: '2026-01-01T00:00:02.000Z',
    lastProgress: { dev_status: 'Backlog', dev_key: 'KM-1' },
    devUpdatedAt: '2026-01-01T00:00:01.000Z',
    updatedAt: '2026-01-01T00:00:02.000Z',
    ...changes,
  });
}
