/**
 * The sockets of one connection: through a proxy or not, trusting one more authority or not. Certificates are verified
 * whatever the environment says; nothing is repeated or redirected here.
 */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, type buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';

export interface SocketOptions {
  readonly proxy: string | null;
  readonly caFile: string | null;
  /** Also the limit on opening a connection. */
  readonly timeoutMs: number;
}

/** Throws where `caFile` cannot be read or `proxy` is not a URL. */
export function createDispatcher({ proxy, caFile, timeoutMs }: SocketOptions): Dispatcher {
  const connect = {
    rejectUnauthorized: true,
    timeout: timeoutMs,
    ...(caFile === null ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] }),
  };
  if (proxy === null) return new Agent({ pipelining: 1, connect });
  return new ProxyAgent({
    pipelining: 1,
    uri: proxy,
    requestTls: connect,
    proxyTls: connect,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeoutMs }),
    factory: (origin, options) => new Pool(origin, failingForGood(options)),
  });
}

/**
 * undici treats a tunnel closed by the proxy as a socket error that the next connection cures, and opens tunnels in a
 * tight loop for ever (`onError` in its client.js ignores UND_ERR_SOCKET and UND_ERR_INFO). So such an error becomes a
 * plain one here, and one attempt stays one.
 */
function failingForGood(options: Pool.Options): Pool.Options {
  const { connect } = options;
  if (typeof connect !== 'function') return options;
  const connectOnce: buildConnector.connector = (target, callback) => {
    connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error === null) return callback(null, socket);
      const { code } = error as NodeJS.ErrnoException;
      const isPassedOver = code === 'UND_ERR_SOCKET' || code === 'UND_ERR_INFO';
      callback(isPassedOver ? new Error(`the proxy opened no tunnel: ${error.message}`) : error, null);
    });
  };
  return { ...options, connect: connectOnce };
}
