/**
 * The sockets of one connection: through a proxy or not, trusting one more authority or not.
 * Certificates are verified whatever the environment says, and nothing repeats or redirects here.
 */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';

export interface SocketOptions {
  readonly proxy: string | null;
  readonly caFile: string | null;
  /** Also the limit on opening a connection. */
  readonly timeoutMs: number;
}

/** Throws where `caFile` cannot be read or `proxy` is no URL. */
export function createDispatcher({ proxy, caFile, timeoutMs }: SocketOptions): Dispatcher {
  const connect = {
    rejectUnauthorized: true,
    timeout: timeoutMs,
    ...(caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
  };
  const sockets = { pipelining: 1, connect };
  if (proxy === null) return new Agent(sockets);
  return new ProxyAgent({
    pipelining: 1,
    uri: proxy,
    requestTls: connect,
    proxyTls: connect,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeoutMs }),
  });
}
