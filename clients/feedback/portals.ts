/**
 * Finds the feedback portal that a command names: by its id, or by its name where the account's portals can be listed.
 */
import { closest } from 'fastest-levenshtein';
import type { CraftFeedback, PortalEntry } from '../../connectors/port/craftFeedback.js';
import type { Settings } from '../../domain/settings.js';
import { CommandFailure } from '../failure.js';

const CALL = { callClass: 'manual' } as const;

/** The account's portals; without `craft.accountId`, those that the configuration names. */
export async function knownPortals(feedback: CraftFeedback, settings: Settings): Promise<readonly PortalEntry[]> {
  if (settings.craft.accountId !== null) return feedback.portals(CALL);
  const sources = Object.values(settings.pipelines).map(({ source }) => source);
  const ids = [
    ...sources.flatMap((source) => ('feedbackPortal' in source ? [source.feedbackPortal] : [])),
    ...Object.values(settings.intakes).map(({ feedbackPortal }) => feedbackPortal),
  ];
  return [...new Set(ids)].map((id) => ({ id, name: id }));
}

/** @throws CommandFailure that names the nearest portal. */
export async function portalNamed(feedback: CraftFeedback, settings: Settings, nameOrId: string): Promise<PortalEntry> {
  // Without the account's id its portals cannot be listed: the text is taken as an id, and Craft.io says if it exists.
  if (settings.craft.accountId === null) return { id: nameOrId, name: nameOrId };
  const portals = await knownPortals(feedback, settings);
  const found = portals.find(({ id }) => id === nameOrId) ?? portals.find(({ name }) => name === nameOrId);
  if (found !== undefined) return found;
  const words = portals.flatMap(({ id, name }) => [id, name]);
  const near = words.length === 0 ? 'it has none' : `the nearest is "${closest(nameOrId, words)}"`;
  throw new CommandFailure(`the account has no feedback portal "${nameOrId}": ${near}`);
}
