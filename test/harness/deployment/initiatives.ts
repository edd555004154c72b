/** An initiative of the sandbox's Kitemaker, as a person makes it there. */
import type { Sandbox } from '../../../sandbox/sandbox.js';

/** Makes one with these work items in it; returns its id. */
export function makeInitiative({ world }: Sandbox, workItemIds: readonly string[]): string {
  const kitemaker = world.tools.kitemaker.world;
  const at = kitemaker.now();
  const initiative = kitemaker.initiatives.put({
    id: kitemaker.newId(),
    number: kitemaker.nextNumber('initiative'),
    title: 'By hand',
    description: '',
    color: 'brown',
    actorId: kitemaker.application().id,
    spaceIds: [],
    labelIds: [],
    memberIds: [],
    workItemIds,
    effort: null,
    impact: null,
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
  });
  return initiative.id;
}
