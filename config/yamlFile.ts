/**
 * Reads `craftsync.yaml` as YAML 1.2: plain values, and the line of each of them.
 * Whole numbers are read exactly: ids of Craft.io are above 2^53 and must survive without quotes.
 */
import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { ConfigurationError } from './problems.js';
import type { Path } from './problems.js';

export interface YamlFile {
  /** Null, strings, numbers, booleans, arrays and objects; whole numbers beyond 2^53 as text. */
  readonly value: unknown;
  /** The line of a place, or of the nearest one around it; null for the file as a whole. */
  lineOf(path: Path): number | null;
}

/** @throws ConfigurationError when the file cannot be read or is not YAML. */
export function readYamlFile(file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), {
    lineCounter: lines,
    intAsBigInt: true,
    merge: true,
    prettyErrors: false,
  });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return `  line ${line}, column ${col}: ${error.message}`;
    });
    throw new ConfigurationError(`${file} is not valid YAML:\n${problems.join('\n')}`);
  }
  return { value: plain(toValue(document, file)), lineOf: (path) => lineOf(document, lines, path) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
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

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigurationError(
      `${file} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

/** The line of the key if there is one, since a value may begin further down. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === last)
      : undefined;
    const node: unknown = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
