/**
 * The recording proxy: every request between craftsync and the other side passes it, is written down with what was
 * passed on and what was answered, and may go wrong on the way (`wireFaults.ts`).
 *
 * One listener for each side, so that one can be refused while the other serves, and another pair for commands, so that
 * what they send is known to be theirs.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallKind, Side, WireFault } from '../plan/faults.js';
import type { SeenCall } from '../record/record.js';
import { classify } from './classify.js';
import { carryOut, type Answer, type Passage } from './wireFaults.js';

type Origin = SeenCall['from'];

export interface RecordingProxy {
  readonly calls: readonly SeenCall[];
  url(side: Side, from: Origin): string;
  /** From now on the next calls of this kind meet the fault; resolves when the first one did. */
  strike(fault: WireFault): Promise<void>;
  /** Resolves when this call comes; it goes on when `then` has ended. */
  await(kind: CallKind, nth: number, moment: 'arrives' | 'answered', then: () => Promise<void>): void;
  /** Connections to this side are refused; resolves when there was one to be refused, or none could be. */
  refuse(side: Side): Promise<void>;
  accept(side: Side): Promise<void>;
  /** Nothing goes wrong any more; what hangs is cut. */
  lift(): Promise<void>;
  close(): Promise<void>;
}

interface Rule {
  readonly fault: WireFault;
  left: number;
  readonly met: () => void;
}

interface Waiting {
  readonly kind: CallKind;
  readonly moment: 'arrives' | 'answered';
  left: number;
  readonly then: () => Promise<void>;
}

const ORIGINS: readonly Origin[] = ['worker', 'command'];
const SIDES: readonly Side[] = ['craft', 'tool'];

/** `target`: where the other side is; known only once it has started. */
export async function startRecordingProxy(target: () => string): Promise<RecordingProxy> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const calls: SeenCall[] = [];
  let rules: Rule[] = [];
  let waiting: Waiting[] = [];
  const hanging = new Set<http.ServerResponse>();

  const reached = async (call: SeenCall, moment: Waiting['moment']): Promise<void> => {
    const due = waiting.filter((one) => one.kind === call.kind && one.moment === moment && (one.left -= 1) === 0);
    waiting = waiting.filter((one) => !due.includes(one));
    await Promise.all(due.map((one) => one.then()));
  };
  const faultFor = (call: SeenCall): WireFault | null => {
    const rule =
      call.from === 'worker' ? rules.find((one) => one.fault.calls === call.kind && one.left > 0) : undefined;
    if (rule === undefined) return null;
    rule.left -= 1;
    rule.met();
    call.fault = rule.fault.kind;
    return rule.fault;
  };
  const serve = async (
    side: Side,
    from: Origin,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> => {
    const arrived = Date.now();
    const body = await bodyOf(request);
    const call = recorded(calls, { side, from, request, body, atMs: arrived });
    response.once('close', () => {
      hanging.delete(response);
      call.endedMs ??= Date.now();
      call.told ??= response.writableEnded ? response.statusCode : 'nothing';
    });
    hanging.add(response);
    const fault = faultFor(call);
    await reached(call, 'arrives');
    const passage: Passage = {
      request,
      response,
      call,
      async forward() {
        call.forwardedMs = Date.now();
        const answer = await forward(target(), agent, request, body);
        noteAnswer(call, answer);
        await reached(call, 'answered');
        return answer;
      },
    };
    await carryOut(passage, fault);
  };

  const servers = new Map<string, Listening>();
  for (const side of SIDES) {
    for (const from of ORIGINS) {
      const listening = listener((request, response) => {
        serve(side, from, request, response).catch(() => response.destroy());
      });
      await listening.open();
      servers.set(`${side} ${from}`, listening);
    }
  }
  const at = (side: Side, from: Origin): Listening => {
    const listening = servers.get(`${side} ${from}`);
    if (listening === undefined) throw new Error(`no listener for ${side}, ${from}`);
    return listening;
  };
  return {
    calls,
    url: (side, from) => `http://127.0.0.1:${at(side, from).port()}`,
    strike: (fault) => new Promise((met) => rules.push({ fault, left: fault.next, met })),
    await(kind, nth, moment, then) {
      waiting.push({ kind, moment, left: nth, then });
    },
    refuse: (side) => at(side, 'worker').close(),
    accept: (side) => at(side, 'worker').open(),
    async lift() {
      rules = [];
      waiting = [];
      for (const response of hanging) response.destroy();
      await Promise.all([...servers.values()].map((one) => one.open()));
    },
    async close() {
      await Promise.all([...servers.values()].map((one) => one.close()));
      agent.destroy();
    },
  };
}

interface Listening {
  port(): number;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens again on the same port. */
function listener(handle: http.RequestListener): Listening {
  let server: http.Server | null = null;
  let port = 0;
  return {
    port: () => port,
    async open() {
      if (server !== null) return;
      const opening = http.createServer({ keepAliveTimeout: 60_000 }, handle);
      server = opening;
      await new Promise<void>((resolve) => opening.listen(port, '127.0.0.1', resolve));
      ({ port } = opening.address() as AddressInfo);
    },
    async close() {
      const closing = server;
      server = null;
      if (closing === null) return;
      closing.closeAllConnections();
      await new Promise((resolve) => closing.close(resolve));
    },
  };
}

function recorded(
  calls: SeenCall[],
  from: {
    readonly side: Side;
    readonly from: Origin;
    readonly request: http.IncomingMessage;
    readonly body: Buffer;
    readonly atMs: number;
  },
): SeenCall {
  const { method = 'GET', url: path = '/' } = from.request;
  const call: SeenCall = {
    seq: calls.length + 1,
    atMs: from.atMs,
    from: from.from,
    side: from.side,
    method,
    path,
    ...classify({ side: from.side, method, path, body: from.body.toString('utf8') }),
    fault: null,
    forwardedMs: null,
    status: null,
    madeId: null,
    appliedMs: null,
    told: null,
    endedMs: null,
  };
  calls.push(call);
  return call;
}

function noteAnswer(call: SeenCall, { status, body }: Answer): void {
  call.status = status;
  if (status < 200 || status > 299) return;
  call.appliedMs = Date.now();
  if (call.kind !== 'create') return;
  const made = JSON.parse(body.toString('utf8')) as { readonly id?: string };
  call.madeId = made.id ?? null;
}

async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(target: string, agent: http.Agent, request: http.IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, 'transfer-encoding': ___, 'accept-encoding': ____, ...headers } = request.headers;
    const options = { method: request.method ?? 'GET', headers: { ...headers, 'content-length': body.length }, agent };
    const outgoing = http.request(new URL(request.url ?? '/', target), options, (answered) => {
      bodyOf(answered).then(
        (bytes) => resolve({ status: answered.statusCode ?? 502, headers: answered.headers, body: bytes }),
        reject,
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
