/**
 * Carries out what `faults.ts` decided for one request: applies it at the right moment, and answers in the right way or
 * not at all. Answers bypass Fastify, so that a fault can send them byte by byte.
 */
import type { FastifyReply } from 'fastify';
import type { Decision, Fault, Silence } from './faults.js';
import type { LateCommits } from './lateCommits.js';
import type { Answer, Mount } from './mount.js';

export interface Delivery {
  readonly mount: Mount;
  readonly reply: FastifyReply;
  readonly fault: Decision['fault'];
  /** Runs the request against the world, once. */
  readonly apply: () => Answer;
  /** Records the status that was sent; null: none. */
  readonly end: (status: number | null) => void;
  readonly lateCommits: LateCommits;
  readonly nowMs: () => number;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const SIGN_IN_PAGE = '<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>';
/** A wait that no client should believe. */
const ABSURD_RETRY_AFTER = '31536000000';
const DRIP_EVERY_MS = 100;

export function send(reply: FastifyReply, answer: Answer, end: (status: number | null) => void): void {
  sendText(reply, { status: answer.status, text: textOf(answer), headers: answer.headers ?? {} }, end);
}

export function deliver(delivery: Delivery): void {
  const { reply, fault, end } = delivery;
  const apply = whole(delivery);
  if (fault === null) return send(reply, apply(), end);
  switch (fault.kind) {
    case 'lose-answer':
      if (fault.applied) apply();
      return keepSilent(reply, fault.silence, end);
    case 'late-commit':
      return commitLate(delivery, fault);
    case 'slow-drip':
      return drip(reply, apply(), fault.bytesPerSecond, end);
    case 'status':
      if (fault.applied === true) apply();
      return send(reply, delivery.mount.error(fault.status), end);
    case 'rate-limit':
      return sendRateLimited(delivery, fault);
    case 'limit':
      return sendRateLimited(delivery, {
        kind: 'rate-limit',
        retryAfter: 'seconds',
        seconds: Math.ceil(fault.windowMs / 1_000),
      });
    case 'alter':
      return send(reply, alter(apply(), fault), end);
    case 'html':
    case 'truncated':
    case 'huge':
    case 'wrong-content-type':
      return sendSpoiled(reply, apply, fault, end);
  }
}

/** A handler that throws is answered with 500. */
function whole({ apply, mount }: Delivery): () => Answer {
  return () => {
    try {
      return apply();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return mount.error(500, `The sandbox failed: ${detail}`);
    }
  };
}

function textOf({ body }: Answer): string {
  return body === undefined ? '' : JSON.stringify(body);
}

interface TextAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function sendText(reply: FastifyReply, answer: TextAnswer, end: (status: number | null) => void): void {
  const { raw } = reply;
  if (raw.destroyed || raw.socket?.destroyed === true) return end(null);
  const headers = { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(answer.text), ...answer.headers };
  raw.writeHead(answer.status, headers);
  raw.end(answer.text);
  end(answer.status);
}

function keepSilent(reply: FastifyReply, silence: Silence, end: (status: number | null) => void): void {
  const socket = reply.raw.socket;
  if (socket === null || socket.destroyed) return end(null);
  socket.once('close', () => end(null));
  if (silence === 'reset') socket.resetAndDestroy();
  else if (silence === 'close') socket.destroy();
}

function commitLate(delivery: Delivery, fault: Extract<Fault, { kind: 'late-commit' }>): void {
  const { reply, end, lateCommits } = delivery;
  const apply = whole(delivery);
  const commit = (): void => lateCommits.after(fault.afterMs, () => void apply());
  const socket = reply.raw.socket;
  if (fault.from === 'arrival' || socket === null || socket.destroyed) commit();
  else socket.once('close', commit);
  keepSilent(reply, fault.silence, end);
}

function drip(reply: FastifyReply, answer: Answer, bytesPerSecond: number, end: (status: number | null) => void): void {
  const { raw } = reply;
  if (raw.destroyed) return end(null);
  const bytes = Buffer.from(textOf(answer));
  const step = Math.max(1, Math.round((bytesPerSecond * DRIP_EVERY_MS) / 1_000));
  raw.writeHead(answer.status, { 'content-type': JSON_TYPE, 'content-length': bytes.length });
  let sent = 0;
  const timer = setInterval(() => {
    raw.write(bytes.subarray(sent, sent + step));
    sent += step;
    if (sent < bytes.length) return;
    clearInterval(timer);
    raw.end();
    end(answer.status);
  }, DRIP_EVERY_MS);
  raw.once('close', () => {
    clearInterval(timer);
    // Recorded as unanswered if the client left before the last byte.
    if (sent < bytes.length) end(null);
  });
}

function sendRateLimited({ mount, reply, end, nowMs }: Delivery, fault: Extract<Fault, { kind: 'rate-limit' }>): void {
  const answer = mount.error(429);
  const seconds = fault.seconds ?? 60;
  const value = {
    seconds: String(seconds),
    date: new Date(nowMs() + seconds * 1_000).toUTCString(),
    absurd: ABSURD_RETRY_AFTER,
    absent: null,
  }[fault.retryAfter];
  const headers: Record<string, string> = value === null ? {} : { 'retry-after': value };
  sendText(reply, { status: 429, text: textOf(answer), headers }, end);
}

type Spoiled = Extract<Fault, { kind: 'html' | 'truncated' | 'huge' | 'wrong-content-type' }>;

function sendSpoiled(
  reply: FastifyReply,
  apply: () => Answer,
  fault: Spoiled,
  end: (status: number | null) => void,
): void {
  const answer: Answer = fault.applied === false ? { status: 200, body: {} } : apply();
  const text = textOf(answer);
  switch (fault.kind) {
    case 'html':
      return sendText(
        reply,
        { status: fault.status ?? 200, text: SIGN_IN_PAGE, headers: { 'content-type': 'text/html; charset=utf-8' } },
        end,
      );
    case 'wrong-content-type':
      return sendText(reply, { status: answer.status, text, headers: { 'content-type': fault.contentType } }, end);
    case 'huge':
      // Blanks are valid in JSON: only a size cap notices.
      return sendText(reply, { status: answer.status, text: text.padEnd(fault.bytes, ' '), headers: {} }, end);
    case 'truncated': {
      const { raw } = reply;
      if (raw.destroyed) return end(null);
      raw.writeHead(answer.status, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(text) });
      raw.write(text.slice(0, Math.floor(text.length / 2)), () => {
        raw.destroy();
        end(answer.status);
      });
    }
  }
}

function alter(answer: Answer, fault: Extract<Fault, { kind: 'alter' }>): Answer {
  const change = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) copy[key] = change(inner);
    if (!('id' in value) || (fault.id !== undefined && value.id !== fault.id)) return copy;
    for (const key of fault.remove ?? []) delete copy[key];
    return { ...copy, ...fault.set, ...fault.byId?.[String(value.id)] };
  };
  return { ...answer, body: change(answer.body) };
}
