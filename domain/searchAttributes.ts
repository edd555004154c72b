/** The search attributes by which operators filter the Temporal UI (design 7). Registered by `apply`. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const SEARCH_ATTRIBUTES = {
  pipeline: defineSearchAttributeKey('CraftsyncPipeline', SearchAttributeType.KEYWORD),
  item: defineSearchAttributeKey('CraftsyncItem', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('CraftsyncPhase', SearchAttributeType.KEYWORD),
  blockedBy: defineSearchAttributeKey('CraftsyncBlockedBy', SearchAttributeType.KEYWORD),
  devTool: defineSearchAttributeKey('CraftsyncDevTool', SearchAttributeType.KEYWORD),
  devItem: defineSearchAttributeKey('CraftsyncDevItem', SearchAttributeType.KEYWORD),
  drift: defineSearchAttributeKey('CraftsyncDrift', SearchAttributeType.BOOL),
} as const;
