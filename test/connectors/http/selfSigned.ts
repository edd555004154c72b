/** Certificates for servers on `localhost`, made with nothing but Node (X.509 v3, RFC 5280). */
import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export interface CertificateOptions {
  /** The host name that it is for. @default localhost */
  readonly host?: string;
  /** How long it is still valid; negative: how long ago it expired. @default a day */
  readonly validForMs?: number;
}

const DAY_MS = 24 * 3_600_000;

/** A self-signed certificate. */
export function selfSigned(options: CertificateOptions = {}): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificate(options, { privateKey, publicKey }, { name: options.host ?? 'localhost', key: privateKey });
}

/** A certificate by an authority that nobody knows and the server does not show. */
export function signedByNobodyKnown(): { key: string; cert: string } {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificate({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
    name: 'An authority of tests',
    key: authority.privateKey,
  });
}

export interface Authority {
  /** In PEM. */
  readonly cert: string;
  /** A certificate for a server or a client. */
  issue(options?: CertificateOptions): { key: string; cert: string };
}

/** An authority of one's own, as companies have. */
export function authority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name, key: keys.privateKey };
  return {
    cert: certificate({ host: name }, keys, issuer).cert,
    issue: (options = {}) =>
      certificate(options, generateKeyPairSync('ec', { namedCurve: 'P-256' }), issuer, { isAuthority: false }),
  };
}

function certificate(
  { host = 'localhost', validForMs = DAY_MS }: CertificateOptions,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  issuer: { readonly name: string; readonly key: KeyObject },
  { isAuthority } = { isAuthority: true },
): { key: string; cert: string } {
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const validity = sequence(utcTime(Date.now() - 2 * DAY_MS), utcTime(Date.now() + validForMs));
  const subjectAltName = extension([0x55, 0x1d, 0x11], sequence(der(0x82, Buffer.from(host))));
  const constraints = extension([0x55, 0x1d, 0x13], sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : [])));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(issuer.name),
    validity,
    commonName(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName, constraints)),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(issuer.key);
  const signed = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  // No blank line where the last one is full: OpenSSL refuses that.
  const lines = signed.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(name)))));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

function utcTime(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
}
