/**
 * The admin API under `/_sandbox/`, through which tests, benchmarks and pages control a sandbox in another process.
 *
 * It asks for no key, since the sandbox listens on loopback. A web page of another origin must still not reach it:
 * bodies have to be `application/json` (which such a page cannot send without asking first), and a foreign `Origin` is
 * refused.
 *
 *   GET    /_sandbox/access      where everything is, and the keys
 *   GET    /_sandbox/configuration   a craftsync.yaml for it
 *   GET    /_sandbox/state       all records of all systems, by table
 *   GET    /_sandbox/records     ?mount=&method=&route=&itemId=&sinceSeq=   newest requests, oldest first
 *   GET    /_sandbox/counters    requests per route
 *   GET    /_sandbox/puts/:id    the applied PUTs of one Craft item, in order
 *   DELETE /_sandbox/records     forget them
 *   GET, POST, DELETE /_sandbox/faults; DELETE /_sandbox/faults/:id     a `FaultPlan` is added; all off; one rule off
 *   GET, PUT /_sandbox/behaviour     the switches of `behaviour.ts`
 *   PUT    /_sandbox/keys        { craft?, kitemaker?, … }: the old key is refused from now on
 *   PUT    /_sandbox/webhooks    { kitemaker?: { url, secret } | null, craftdesk?: … }: where they call from now on
 *   POST   /_sandbox/act         one `Act`
 *   POST   /_sandbox/seed        { ready: n }: adds n ready items, answers their ids
 *   POST   /_sandbox/reset       { items? }: new items, no work items but the developers' own, no faults, no records
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { KeysJson, readAct, readFaultPlan, ResetJson, SeedJson, WebhooksJson } from './adminSchema.js';
import type { SandboxAccess } from '../access.js';
import type { Faults } from '../http/faults.js';
import type { Records } from '../http/record.js';
import type { Act, ActOutcome } from '../people/act.js';
import { changeBehaviour, type Behaviour } from '../world/behaviour.js';
import { sandboxConfiguration } from '../configuration/configuration.js';
import { MOUNT_NAMES } from '../http/mount.js';
import { resetItems, seedReadyItems } from '../seeding/seedWorld.js';
import { DEV_SYSTEM_NAMES, SYSTEMS } from '../world/systems.js';
import type { World } from '../world/world.js';

/** What of the running sandbox the admin API reads and changes. */
export interface Administered extends SandboxAccess {
  readonly world: World;
  readonly faults: Faults;
  readonly records: Records;
  readonly behaviour: Behaviour;
  act(what: Act): ActOutcome;
}

/** Thrown for what the caller did wrong; its message is the answer. */
class BadRequest extends Error {
  readonly statusCode = 400;
}

const RecordQuery = z.strictObject({
  mount: z.enum(MOUNT_NAMES).optional(),
  method: z.string().optional(),
  route: z.string().optional(),
  itemId: z.string().optional(),
  sinceSeq: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
});

export function mountAdmin(app: FastifyInstance, sandbox: Administered): void {
  void app.register(
    (admin, _options, done) => {
      admin.addHook('onRequest', refuseForeignPages);
      admin.setErrorHandler(answerError);
      reading(admin, sandbox);
      faulting(admin, sandbox);
      acting(admin, sandbox);
      done();
    },
    { prefix: '/_sandbox' },
  );
}

function reading(admin: FastifyInstance, sandbox: Administered): void {
  const { records, world } = sandbox;
  admin.get('/access', () => ({
    url: sandbox.url,
    craft: sandbox.craft,
    tools: sandbox.tools,
    seed: world.seed,
  }));
  admin.get('/configuration', (_request, reply) => reply.type('text/yaml').send(sandboxConfiguration(sandbox)));
  admin.get('/state', () =>
    Object.fromEntries([...world.base.tables].map(([name, table]) => [name, [...table.values()]])),
  );
  admin.get('/records', (request) => {
    const asked = parsed(() => RecordQuery.parse(request.query));
    return records.list(Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)));
  });
  admin.get('/counters', () => records.counters());
  admin.get<{ Params: { id: string } }>('/puts/:id', (request) => records.putsOf(request.params.id));
  admin.get('/faults', () => sandbox.faults.list());
  admin.get('/behaviour', () => sandbox.behaviour);
}

function faulting(admin: FastifyInstance, sandbox: Administered): void {
  const { faults, records } = sandbox;
  admin.delete('/records', () => {
    records.clear();
    return { status: 'cleared' };
  });
  admin.post('/faults', (request) => ({ ids: faults.add(parsed(() => readFaultPlan(body(request)))) }));
  admin.delete('/faults', () => {
    faults.clear();
    return { status: 'cleared' };
  });
  admin.delete<{ Params: { id: string } }>('/faults/:id', (request) => {
    faults.remove(Number(request.params.id));
    return { status: 'removed' };
  });
}

function acting(admin: FastifyInstance, sandbox: Administered): void {
  const { faults, records, world } = sandbox;
  admin.put('/behaviour', (request) => {
    const problem = changeBehaviour(sandbox.behaviour, body(request));
    if (problem !== null) throw new BadRequest(problem);
    return sandbox.behaviour;
  });
  admin.put('/keys', (request) => {
    const keys = parsed(() => KeysJson.parse(body(request)));
    for (const system of SYSTEMS) {
      const key = keys[system];
      if (key !== undefined) world.keys.put({ id: system, key });
    }
    return { status: 'changed' };
  });
  admin.put('/webhooks', (request) => {
    const targets = parsed(() => WebhooksJson.parse(body(request)));
    const changes = DEV_SYSTEM_NAMES.flatMap((system) => {
      const target = targets[system];
      if (target === undefined) return [];
      const { webhooks } = world.tools[system];
      if (webhooks === undefined) throw new BadRequest(`${system} is not told here where to send webhooks`);
      return [{ webhooks, target }];
    });
    // All or nothing: what is wrong with one is said before another is changed.
    for (const { webhooks, target } of changes) webhooks.set(target);
    return { status: 'set' };
  });
  admin.post('/act', (request, reply) => {
    const outcome = sandbox.act(parsed(() => readAct(body(request))));
    return reply.code(outcome.status === 'done' ? 200 : 400).send(outcome);
  });
  admin.post('/seed', (request) => {
    const { ready } = parsed(() => SeedJson.parse(body(request)));
    return { ids: seedReadyItems(world, ready) };
  });
  admin.post('/reset', (request) => {
    const { items } = parsed(() => ResetJson.parse(body(request)));
    faults.clear();
    resetItems(world, items);
    records.clear();
    return { url: sandbox.url, craft: sandbox.craft, tools: sandbox.tools };
  });
}

function body(request: FastifyRequest): unknown {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new BadRequest('send application/json');
  }
  try {
    return JSON.parse(String(request.body)) as unknown;
  } catch {
    throw new BadRequest('the body is not valid JSON');
  }
}

function parsed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof z.ZodError) throw new BadRequest(z.prettifyError(error));
    throw error;
  }
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error instanceof BadRequest ? error.statusCode : 500;
  return reply.code(status).send({ message: error instanceof Error ? error.message : 'failed' });
}

function refuseForeignPages(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
    void reply.code(403).send({ message: 'the admin API takes no requests from pages of other origins' });
    return;
  }
  done();
}
