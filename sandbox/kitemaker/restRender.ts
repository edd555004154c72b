/** The JSON of Kitemaker's REST API, property by property as in the documented answers (sources: Kitemaker). */
import type { Comment, Feedback, Initiative, Label, Size, WorkItem } from './model.js';
import type { KitemakerWorld } from './kitemakerWorld.js';

export function renderWorkItem(world: KitemakerWorld, item: WorkItem): unknown {
  const status = world.statusOf(item);
  const space = world.spaces.get(item.spaceId);
  return {
    id: item.id,
    actor: renderActor(world, item.actorId),
    number: item.number,
    title: item.title,
    description: item.description,
    status: { id: status.id, name: status.name },
    space: { id: item.spaceId, name: space?.name },
    labels: item.labelIds.flatMap((id) => renderLabelOf(world.labels.get(id))),
    effort: sizeName(item.effort),
    impact: sizeName(item.impact),
    createdAt: item.createdAt,
    updatedAt: item.updatedAt,
  };
}

/** Written as `large`, read as `Large` (sources: Kitemaker). */
export function sizeName(size: Size | null): string | null {
  return size === null ? null : size.charAt(0).toUpperCase() + size.slice(1);
}

export function renderComment(world: KitemakerWorld, comment: Comment): unknown {
  const item = world.workItems.get(comment.workItemId);
  return {
    id: comment.id,
    body: comment.body,
    actor: renderActor(world, comment.actorId),
    entity:
      item === undefined
        ? null
        : {
            id: item.id,
            number: item.number,
            space: world.spaces.get(item.spaceId)?.key,
            spaceId: item.spaceId,
            title: item.title,
          },
    reply: comment.reply,
    threadId: comment.threadId,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
  };
}

export function renderInitiative(world: KitemakerWorld, initiative: Initiative): unknown {
  return {
    id: initiative.id,
    number: initiative.number,
    title: initiative.title,
    description: initiative.description,
    actor: renderActor(world, initiative.actorId),
    spaces: initiative.spaceIds.map((id) => ({ id, name: world.spaces.get(id)?.name })),
    labels: initiative.labelIds.flatMap((id) => renderLabelOf(world.labels.get(id))),
    effort: initiative.effort,
    impact: initiative.impact,
    archivedAt: initiative.archivedAt,
    updatedAt: initiative.updatedAt,
    createdAt: initiative.createdAt,
  };
}

export function renderFeedback(world: KitemakerWorld, feedback: Feedback): unknown {
  const times = { createdAt: feedback.createdAt, updatedAt: feedback.updatedAt };
  const insight = {
    id: feedback.insightId,
    feedbackId: feedback.id,
    ...times,
    actor: renderActor(world, feedback.actorId),
    contents: feedback.contents,
    entityIds: feedback.entityIds,
  };
  return {
    id: feedback.id,
    organizationId: world.organization().id,
    title: feedback.title,
    person: feedback.personEmail === null ? null : { name: feedback.personEmail, email: feedback.personEmail },
    company: null,
    contents: feedback.contents,
    insights: feedback.entityIds.length === 0 ? [] : [insight],
    processed: false,
    processedAt: null,
    ...times,
  };
}

function renderActor(world: KitemakerWorld, id: string): unknown {
  const actor = world.actors.get(id);
  return actor === undefined ? null : { id: actor.id, name: actor.name, type: actor.type };
}

function renderLabelOf(label: Label | undefined): unknown[] {
  return label === undefined ? [] : [{ id: label.id, name: label.name, color: label.color }];
}
