/**
 * How a connection that fails is told to the person who can act: the address, what happened there, the likely mistake.
 * One table for everything that craftsync connects to (dev tools and Craft.io, Temporal, Postgres), by the codes of the
 * operating system, of OpenSSL, of undici, by SQLSTATE, by the status of gRPC, and by what was seen at a port. Pure.
 *
 * No sentence holds more of an address than `host:port`, so no password and no key.
 */

/** Where a connection was to go, and how the person who runs craftsync named it. */
export interface Place {
  /** `host:port`. */
  readonly address: string;
  /** What names it: `baseUrl`, `TEMPORAL_ADDRESS`, `DATABASE_URL`. */
  readonly setting: string;
  /** How to trust a further certificate authority: `name its authority in caFile`. */
  readonly trust: string;
  /** What to do where TLS is spoken to a server that has none. */
  readonly withoutTls: string;
  /** What to do where the server wants TLS. */
  readonly withTls: string;
}

export interface NetworkFailure {
  /** As the table has it: `ECONNREFUSED`, `28P01`, `SPEAKS_HTTP`. */
  readonly code: string;
  /** What happened, to be read after the address: `refuses the connection`. */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** Whether it can pass without a new start of this process. If not, one of its settings is wrong. */
  readonly passes: boolean;
}

export function httpPlace(address: string, setting = 'baseUrl'): Place {
  return {
    address,
    setting,
    trust: 'name its authority in caFile',
    withoutTls: `write http:// in ${setting}, or the port that speaks https`,
    withTls: `write https:// in ${setting}`,
  };
}

/** `tlsBecause`: which setting turned TLS on; null where it is off. */
export function temporalPlace(address: string, tlsBecause: string | null): Place {
  const off =
    tlsBecause === null
      ? 'turn TLS off with TEMPORAL_TLS=false'
      : `TLS is on because ${tlsBecause}: take that away or set TEMPORAL_TLS=false, or correct TEMPORAL_ADDRESS`;
  return {
    address,
    setting: 'TEMPORAL_ADDRESS',
    trust: 'name its authority in TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    withoutTls: off,
    withTls: 'set TEMPORAL_TLS=true',
  };
}

export function postgresPlace(address: string): Place {
  return {
    address,
    setting: 'DATABASE_URL',
    trust: 'name its authority with sslrootcert=<file> in DATABASE_URL',
    withoutTls: 'take sslmode out of DATABASE_URL',
    withTls: 'add ?sslmode=verify-full to DATABASE_URL',
  };
}

type Advice = string | ((place: Place) => string);
type Row = readonly [what: string, advice: Advice, endures?: 'endures'];

const CHECK: Advice = ({ setting }) => `check host and port in ${setting}`;
const CLOSED: Row = [
  'closed the connection',
  ({ setting }) => `check that ${setting} names the right kind of server, and look for a proxy or firewall between`,
];
const SILENT: Row = [
  'does not answer',
  ({ setting }) => `check host and port in ${setting}, whether the server hangs, and firewalls between`,
];
const NO_TLS: Row = ['does not speak TLS', ({ withoutTls }) => withoutTls, 'endures'];
const UNTRUSTED: Row = ['has a certificate of an unknown authority', ({ trust }) => trust, 'endures'];
const TLS_REFUSED: Row = [
  'refuses this TLS connection',
  ({ setting }) => `check which TLS versions and client certificates the server at ${setting} asks for`,
  'endures',
];
const CLIENT_CERTIFICATE: Row = [
  'asks for a client certificate, or does not accept the one it was shown',
  'correct the client certificate and its key',
  'endures',
];
const OTHER_HOST: Row = [
  'has a certificate for another host name',
  ({ setting }) => `write the host name of the certificate in ${setting}`,
  'endures',
];
const CLIENT_CLOSED: Row = ['was not called', 'the client was closed already'];

/** By errno (Node's `code`), by the codes of OpenSSL and undici, and by what was seen at the port. */
const NETWORK: Readonly<Record<string, Row>> = {
  ECONNREFUSED: ['refuses the connection', ({ setting }) => `start what should listen there, or correct ${setting}`],
  ENOTFOUND: ['has an unknown host name', ({ setting }) => `check the name in ${setting}`],
  EAI_AGAIN: ['has a host name that cannot be looked up now', 'check that DNS works on this machine'],
  ECONNRESET: CLOSED,
  ECONNABORTED: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  CLOSES: CLOSED,
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  UND_ERR_BODY_TIMEOUT: SILENT,
  SILENT,
  EHOSTUNREACH: ['cannot be reached: no route to the host', CHECK],
  EHOSTDOWN: ['cannot be reached: the host is down', CHECK],
  ENETUNREACH: ['cannot be reached: no route to the network', 'check the network of this machine'],
  ENETDOWN: ['cannot be reached: the network is down', 'check the network of this machine'],
  EADDRNOTAVAIL: ['is no address that this machine can call', CHECK],
  EACCES: ['must not be called from this machine', 'check its firewall and the rights of this process'],
  EPERM: ['must not be called from this machine', 'check its firewall and the rights of this process'],
  ENOENT: ['has no socket at that path', ({ setting }) => `start the server, or correct ${setting}`],
  EMFILE: ['was not called: this process has too many open files', 'raise its limit of open files (ulimit -n)'],
  ENFILE: ['was not called: this machine has too many open files', 'close other programs, or raise the limit'],
  UND_ERR_DESTROYED: CLIENT_CLOSED,
  UND_ERR_CLOSED: CLIENT_CLOSED,

  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: TLS_REFUSED,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: TLS_REFUSED,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: TLS_REFUSED,
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: OTHER_HOST,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: ['speaks TLS, but not HTTP/2, which gRPC needs', CHECK, 'endures'],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: CLIENT_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: CLIENT_CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: ['has a self-signed certificate', ({ trust }) => trust, 'endures'],
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: ['has a certificate that has expired', 'renew it there, and check the clock of this machine'],
  CERT_NOT_YET_VALID: ['has a certificate that is not valid yet', 'check the clocks of both machines'],
  CERT_REVOKED: ['has a certificate that was revoked', 'renew it there'],
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_HOST,
  HOSTNAME_MISMATCH: OTHER_HOST,

  SPEAKS_HTTP: ['is a web server, not what is expected there', CHECK, 'endures'],
  SPEAKS_POSTGRES: ['is a PostgreSQL server, not what is expected there', CHECK, 'endures'],
  SPEAKS_ANOTHER: ['answers in an unknown protocol', CHECK, 'endures'],
  WANTS_TLS: ['speaks only TLS', ({ withTls }) => withTls, 'endures'],
};

/** By SQLSTATE (PostgreSQL, appendix A); the server's own words say what happened. */
const POSTGRES: Readonly<Record<string, readonly [advice: string, endures?: 'endures']>> = {
  '28000': ['correct user, password and sslmode in DATABASE_URL, or allow them in pg_hba.conf', 'endures'],
  '28P01': [
    'correct user and password in DATABASE_URL, in which % # @ / ? are written as %25 %23 %40 %2F %3F',
    'endures',
  ],
  '3D000': ['create it (createdb, or CREATE DATABASE), or correct the name in DATABASE_URL'],
  '3F000': ['create the schema, or correct search_path'],
  '42501': ['grant it to the role in DATABASE_URL, or run craftsync apply as the owner of the database'],
  '42P01': ['run `craftsync apply`'],
  '42703': ['run `craftsync apply`'],
  '22P05': ['the database is not UTF-8: create one with ENCODING UTF8 and move the ledger there', 'endures'],
  '22021': ['a text holds bytes that the database cannot store'],
  '25006': ['it is read-only, perhaps a standby: name the primary server in DATABASE_URL'],
  '53100': ['free disk space on the database server; it then goes on by itself'],
  '53200': ['free memory on the database server; it then goes on by itself'],
  '53300': ['raise max_connections of the server, or run fewer workers'],
  '57P01': ['check that PostgreSQL runs'],
  '57P02': ['check that PostgreSQL runs'],
  '57P03': ['PostgreSQL starts, recovers or stops; try again in a moment'],
  '57014': ['it took too long: look for locks and load on the database server'],
  '55P03': ['another process holds a lock: look at pg_stat_activity on the database server'],
  '23505': ['the key is held by another row'],
};

/** By the status of gRPC; Temporal's own words say what happened. */
const TEMPORAL: Readonly<Record<number, readonly [code: string, advice: string, endures?: 'endures']>> = {
  4: ['DEADLINE_EXCEEDED', 'check that the server runs and is not overloaded'],
  5: ['NOT_FOUND', 'check TEMPORAL_NAMESPACE, or create the namespace'],
  7: ['PERMISSION_DENIED', 'grant the right to the key or certificate, or use another', 'endures'],
  8: ['RESOURCE_EXHAUSTED', 'its limits are reached: try again in a moment'],
  12: ['UNIMPLEMENTED', 'what answers is no Temporal server, or too old a one: check TEMPORAL_ADDRESS', 'endures'],
  14: ['UNAVAILABLE', 'check that it runs'],
  16: ['UNAUTHENTICATED', 'correct TEMPORAL_API_KEY, or the client certificate', 'endures'],
};

/** Null where the table does not know it. Looks through `cause`, and through the attempts at several addresses. */
export function networkFailure(error: unknown, place: Place): NetworkFailure | null {
  const code = networkCode(error);
  return code === null ? null : networkFailureOf(code, place);
}

/** By a code of the table. */
export function networkFailureOf(code: string, place: Place): NetworkFailure | null {
  const row = NETWORK[code];
  if (row === undefined) return null;
  const [what, advice, endures] = row;
  const words = typeof advice === 'string' ? advice : advice(place);
  return { code, what, advice: words, passes: endures === undefined };
}

/** `127.0.0.1:7233 refuses the connection (ECONNREFUSED): start what should listen there, or correct …`. */
export function sentenceOf({ code, what, advice }: NetworkFailure, { address }: Pick<Place, 'address'>): string {
  return `${address} ${what} (${code}): ${advice}`;
}

/** What to do about an SQLSTATE; null where the table does not know it. */
export function postgresFailure(sqlState: string): Pick<NetworkFailure, 'advice' | 'passes'> | null {
  const row = POSTGRES[sqlState];
  return row === undefined ? null : { advice: row[0], passes: row[1] === undefined };
}

/** What to do about a status of gRPC; null where the table does not know it. */
export function temporalFailure(status: number): Pick<NetworkFailure, 'code' | 'advice' | 'passes'> | null {
  const row = TEMPORAL[status];
  return row === undefined ? null : { code: row[0], advice: row[1], passes: row[2] === undefined };
}

/** The code of the table under which an error is found; else null. */
export function networkCode(error: unknown): string | null {
  for (let looked: unknown = error; looked instanceof Error; looked = looked.cause) {
    const inner = looked instanceof AggregateError ? looked.errors : [];
    for (const one of [looked, ...(inner as unknown[])]) {
      const code = ownCode(one);
      if (code !== null) return code;
    }
  }
  return null;
}

/** OpenSSL's own text is in the message where Node gives the code `EPROTO`; the parser of HTTP has codes of its own. */
function ownCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const { code, message } = error;
  if (Object.hasOwn(NETWORK, code)) return code;
  if (code.startsWith('HPE_')) return 'SPEAKS_ANOTHER';
  if (/wrong version number|packet length too long|http request/i.test(message)) return 'ERR_SSL_WRONG_VERSION_NUMBER';
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' : null;
}
