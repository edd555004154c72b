/** A project's tasks over Craftnote's API. A deleted task is still answered, with `isDeleted`. */
import type { Answer, Call, Route } from '../http/mount.js';
import { CreateTask, parseBody, sent, UpdateTask } from './bodies.js';
import type { CraftnoteWorld } from './craftnoteWorld.js';
import { invalid, notFound } from './errors.js';
import type { Task } from './model.js';
import { pageOf, refuseUnknown } from './paging.js';
import { ok, projectOf, route } from './projectRoutes.js';
import { renderTask } from './render.js';

export function taskRoutes(world: CraftnoteWorld): readonly Route[] {
  const one = '/projects/:id/tasks/:taskId';
  return [
    route('GET', '/projects/:id/tasks', (call) => {
      const { id } = projectOf(world, call);
      const seen = call.sight.of(id) === 'full' ? world.listedTasks(id) : [];
      return ok({ tasks: pageOf(seen, call.query).map((task) => renderTask(world, task)) });
    }),
    route('POST', '/projects/:id/tasks', (call) => {
      const { id } = projectOf(world, call);
      const { title, description = null, assigneeId = null } = parseBody(CreateTask, call.body);
      checkAssignee(world, assigneeId);
      return written(world, world.createTask({ projectId: id, title, description, assigneeId }, 'api'));
    }),
    route('GET', one, (call) => {
      refuseUnknown(call.query);
      return ok(renderTask(world, taskOf(world, call)));
    }),
    route('PUT', one, (call) => {
      const before = taskOf(world, call);
      const { title, description = null, assigneeId = null } = parseBody(CreateTask, call.body);
      checkAssignee(world, assigneeId);
      return written(world, world.updateTask(before, { title, description, assigneeId }, 'api'));
    }),
    route('PATCH', one, (call) => {
      const before = taskOf(world, call);
      const patch = sent(parseBody(UpdateTask, call.body));
      checkAssignee(world, patch.assigneeId ?? null);
      return written(world, world.updateTask(before, patch, 'api'));
    }),
    route('DELETE', one, (call) => written(world, world.updateTask(taskOf(world, call), { isDeleted: true }, 'api'))),
  ];
}

function written(world: CraftnoteWorld, task: Task): Answer {
  return { ...ok(renderTask(world, task)), applied: { itemId: task.id } };
}

function taskOf(world: CraftnoteWorld, call: Call): Task {
  const project = projectOf(world, call);
  const task = world.tasks.get(call.params['taskId'] ?? '');
  if (task === undefined || task.projectId !== project.id) throw notFound(call.params['taskId'] ?? '');
  return task;
}

function checkAssignee(world: CraftnoteWorld, assigneeId: string | null): void {
  if (assigneeId === null || world.members.get(assigneeId) !== undefined) return;
  throw invalid('assigneeId', 'is not a member of the company');
}
