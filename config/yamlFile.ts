/**
 * Reads `craftsync.yaml` as YAML 1.2: plain values, and the line of each of them.
 * Whole numbers are read exactly: ids of Craft.io are above 2^53 and must survive without quotes. What YAML would write
 * in another way is kept as the text that stands in the file (yamlNodes.ts).
 */
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, ParsedNode } from 'yaml';
import { readFileText } from './fileText.js';
import { ConfigurationError } from './problems.js';
import type { Path } from './problems.js';
import { describeYamlErrors } from './yamlErrors.js';
import { mendNodes, type YamlRemark } from './yamlNodes.js';

export interface YamlFile {
  /** Null, strings, numbers, booleans, arrays and objects; whole numbers beyond 2^53 as text. */
  readonly value: unknown;
  /** What YAML reads in a way that may not be meant: `line 4: …`. */
  readonly warnings: readonly string[];
  /** The line of a place, or of the nearest one around it; null for the file as a whole. */
  lineOf(path: Path): number | null;
}

/** @throws ConfigurationError when the file cannot be read or is not YAML. */
export function readYamlFile(file: string): YamlFile {
  const lines = new LineCounter();
  const text = readFileText(file);
  const oddBlank = oddBlankAtStart(text);
  if (oddBlank !== null) throw notYaml(file, [oddBlank]);
  const document = parseDocument(text, {
    lineCounter: lines,
    intAsBigInt: true,
    merge: true,
    prettyErrors: false,
    uniqueKeys: isSameKey,
  });
  if (document.errors.length > 0) throw notYaml(file, describeYamlErrors(document.errors, text, lines));
  const { problems, warnings } = mendNodes(document, lines);
  if (problems.length > 0) throw notYaml(file, problems.map(inWords));
  return { value: plain(toValue(document, file)), warnings: warnings.map(inWords), lineOf: placeIn(document, lines) };
}

function notYaml(file: string, lines: readonly string[]): ConfigurationError {
  return new ConfigurationError(`${file} is not valid YAML:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function inWords({ line, message }: YamlRemark): string {
  return `line ${line}: ${message}`;
}

/** Pages and word processors indent with signs that look like blanks: to YAML the key then begins with them. */
function oddBlankAtStart(text: string): string | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const index = lines.findIndex((line) => /^[ ]*[^\S \t\r\n]/u.test(line) && line.trim() !== '');
  if (index === -1) return null;
  const sign = /[^\S \t\r\n]/u.exec(lines[index] ?? '')?.[0] ?? '';
  const code = sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
  return `line ${index + 1}: is indented with the sign U+${code}, which only looks like a blank: use blanks`;
}

/** `1` and `1.0` are one number and two names. */
function isSameKey(a: ParsedNode, b: ParsedNode): boolean {
  if (!isScalar(a) || !isScalar(b)) return a === b;
  const nameOf = (node: typeof a): string => (node.type === 'PLAIN' && node.source) || String(node.value);
  return nameOf(a) === nameOf(b);
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
function placeIn(document: Document, lines: LineCounter): YamlFile['lineOf'] {
  return (path) => {
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
  };
}
