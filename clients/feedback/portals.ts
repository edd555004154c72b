/** Which feedback portal is meant: by its id, or by its name where the account's portals can be listed. */
import { closest } from 'fastest-levenshtein';
import type { Settings } from '../../domain/settings.js';
import type { Connectors } from '../../runtime/connectors.js';
import { CommandFailure } from '../failure.js';

type CraftFeedback = Connectors['craft']['feedback'];
export type Portal = Awaited<ReturnType<CraftFeedback['portals']>>[number];

const CALL = { callClass: 'manual' } as const;

/** Of the account; where `craft.accountId` is not given, those that the configuration names. */
export async function knownPortals(feedback: CraftFeedback, settings: Settings): Promise<readonly Portal[]> {
  if (settings.craft.accountId !== null) return feedback.portals(CALL);
  const sources = Object.values(settings.pipelines).map(({ source }) => source);
  const ids = [
    ...sources.flatMap((source) => ('feedbackPortal' in source ? [source.feedbackPortal] : [])),
    ...Object.values(settings.intakes).map(({ feedbackPortal }) => feedbackPortal),
  ];
  return [...new Set(ids)].map((id) => ({ id, name: id }));
}

/** @throws CommandFailure that names the nearest portal. */
export async function portalNamed(feedback: CraftFeedback, settings: Settings, nameOrId: string): Promise<Portal> {
  // Without the account an id is taken as it is: Craft.io says whether it exists.
  if (settings.craft.accountId === null) return { id: nameOrId, name: nameOrId };
  const portals = await knownPortals(feedback, settings);
  const found = portals.find(({ id }) => id === nameOrId) ?? portals.find(({ name }) => name === nameOrId);
  if (found !== undefined) return found;
  const words = portals.flatMap(({ id, name }) => [id, name]);
  const near = words.length === 0 ? 'it has none' : `the nearest is "${closest(nameOrId, words)}"`;
  throw new CommandFailure(`the account has no feedback portal "${nameOrId}": ${near}`);
}
