/**
 * The text of a file that a person saved with some editor. Only UTF-8 is read, with or without its mark: any other
 * encoding would turn `Geprüft` into a name that never matches, without a word.
 */
import { readFileSync } from 'node:fs';
import { ConfigurationError } from './problems.js';

const LINE_FEED = 0x0a;

/** How files in other encodings begin; UTF-32 before UTF-16, whose mark it begins with. */
const MARKS = [
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
] as const satisfies readonly (readonly [string, readonly number[]])[];

/** @throws ConfigurationError when the file cannot be read or is not UTF-8. */
export function readFileText(file: string): string {
  const bytes = readBytes(file);
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) throw notUtf8(file, `it is saved as ${marked[0]}`);
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw notUtf8(file, `line ${lineAt(bytes, nul)} holds a zero byte, as UTF-16 does`);
  const wrong = firstWrongByte(bytes);
  if (wrong !== null) {
    const byte = `0x${(bytes[wrong] ?? 0).toString(16).toUpperCase()}`;
    throw notUtf8(file, `line ${lineAt(bytes, wrong)} holds the byte ${byte}, as Latin-1 or Windows-1252 does`);
  }
  return new TextDecoder().decode(bytes);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${reasonFor((error as NodeJS.ErrnoException).code)}`);
  }
}

function reasonFor(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return 'there is no such file; name another with --config or CRAFTSYNC_CONFIG';
  if (code === 'EISDIR') return 'it is a folder; name the file in it';
  if (code === 'EACCES') return 'this account may not read it';
  return code ?? 'unknown error';
}

function notUtf8(file: string, why: string): ConfigurationError {
  return new ConfigurationError(`${file} is not UTF-8: ${why}; save it as UTF-8`);
}

/** The index of the first byte that belongs to no character of UTF-8; null when there is none. */
function firstWrongByte(bytes: Buffer): number | null {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, from) + 1 || bytes.length;
    const line = bytes.subarray(from, end);
    const wrong = isUtf8(line) ? -1 : line.findIndex((_, index) => !isUtf8Start(line.subarray(0, index + 1)));
    if (wrong !== -1) return from + wrong;
    if (!isUtf8(line)) return end - 1;
    from = end;
  }
  return null;
}

function isUtf8(bytes: Uint8Array): boolean {
  return decodes(bytes, false);
}

/** Whether these bytes may go on as UTF-8. */
function isUtf8Start(bytes: Uint8Array): boolean {
  return decodes(bytes, true);
}

function decodes(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function lineAt(bytes: Buffer, index: number): number {
  return bytes.subarray(0, index).filter((byte) => byte === LINE_FEED).length + 1;
}
