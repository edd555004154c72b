/**
 * Looks at what answers at an address where a Temporal server is expected. gRPC's client says of all that can go wrong
 * only `Failed to connect before the deadline`, so this says what it was: an errno, a code of OpenSSL, or what is
 * spoken there (domain/networkFailures.ts).
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { networkCode } from '../../domain/networkFailures.js';

export interface PortProbe {
  readonly host: string;
  readonly port: number;
  /** Null: without TLS. */
  readonly tls: ConnectionOptions | null;
  readonly withinMs: number;
}

/** What HTTP/2 begins with (RFC 9113, 3.4): the preface, and an empty SETTINGS frame. */
const HELLO_HTTP2 = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const SETTINGS_FRAME = 4;
/** `SSLRequest` of PostgreSQL's protocol, which answers with one letter. */
const HELLO_POSTGRES = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ALERT_RECORD = 0x15;

/** A code of domain/networkFailures.ts, or the message of another error; null: HTTP/2 is spoken, as it should be. */
export async function probePort(probe: PortProbe): Promise<string | null> {
  const seen = await talk(probe, HELLO_HTTP2);
  if (seen.first === null) return seen.code === 'CLOSES' ? whoClosed(probe) : seen.code;
  const { first } = seen;
  if (first[3] === SETTINGS_FRAME) return null;
  if (first.subarray(0, 5).toString('latin1') === 'HTTP/') return 'SPEAKS_HTTP';
  return first[0] === ALERT_RECORD ? 'WANTS_TLS' : 'SPEAKS_ANOTHER';
}

/** Servers that do not understand HTTP/2 often hang up without a word. */
async function whoClosed({ host, port, tls, withinMs }: PortProbe): Promise<string> {
  const plain = await talk({ host, port, tls: null, withinMs }, HELLO_POSTGRES);
  const letter = plain.first?.length === 1 ? plain.first.toString('latin1') : '';
  if (letter === 'S' || letter === 'N') return 'SPEAKS_POSTGRES';
  if (tls !== null) return 'CLOSES';
  const secure = await talk({ host, port, tls: { rejectUnauthorized: false }, withinMs }, HELLO_HTTP2);
  return secure.isSecured ? 'WANTS_TLS' : 'CLOSES';
}

interface Seen {
  /** What the other side says first; null: nothing, and `code` says why. */
  readonly first: Buffer | null;
  readonly code: string;
  readonly isSecured: boolean;
}

function talk({ host, port, tls, withinMs }: PortProbe, hello: Buffer): Promise<Seen> {
  return new Promise((resolve) => {
    let isSecured = false;
    const socket = open({ host, port, tls });
    const tell = (first: Buffer | null, code: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ first, code, isSecured });
    };
    const timer = setTimeout(() => tell(null, 'SILENT'), withinMs);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      isSecured = tls !== null;
      socket.write(hello);
    });
    socket.once('data', (first: Buffer) => tell(first, ''));
    socket.on('error', (error) => tell(null, networkCode(error) ?? error.message));
    socket.once('close', () => tell(null, 'CLOSES'));
  });
}

function open({ host, port, tls }: Pick<PortProbe, 'host' | 'port' | 'tls'>): Socket {
  return tls === null ? connect({ host, port }) : connectTls({ host, port, ALPNProtocols: ['h2'], ...tls });
}
