/**
 * What YAML makes of what people write, mended where it would change it without a word: `1.10` and `007` are numbers to
 * YAML, and names or versions to people. Such values become the text that stands in the file.
 */
import {
  isAlias,
  isPair,
  isScalar,
  visit,
  type Alias,
  type Document,
  type LineCounter,
  type Node,
  type Scalar,
} from 'yaml';

/** A finding in the file, with its line. */
export interface YamlRemark {
  readonly line: number;
  readonly message: string;
}

/** The tags that say what a plain value is anyway. Every other would turn a text into something else. */
const CORE_TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`);

export interface YamlRemarks {
  readonly problems: readonly YamlRemark[];
  readonly warnings: readonly YamlRemark[];
}

/** Mends the document's values in place, and tells what cannot be meant. */
export function mendNodes(document: Document, lines: LineCounter): YamlRemarks {
  const problems: YamlRemark[] = [];
  const warnings: YamlRemark[] = [];
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;
  visit(document, {
    Node(key, node, path) {
      const wrong = isAlias(node) ? wrongAlias(node, document, path) : wrongNode(node, key === 'key');
      if (wrong !== null) problems.push({ line: lineOf(node), message: wrong });
      // An anchor or alias that is refused must not be followed: it may never end.
      if (wrong !== null && isAlias(node)) return visit.REMOVE;
      if (!isScalar(node)) return undefined;
      keepSource(node, key === 'key');
      if (isCutByComment(node)) warnings.push({ line: lineOf(node), message: CUT_BY_COMMENT });
      return undefined;
    },
  });
  return { problems, warnings };
}

const CUT_BY_COMMENT =
  'what follows " #" is a comment to YAML; if it belongs to the value, put the whole value in quotes';

function wrongAlias(node: Alias, document: Document, path: readonly unknown[]): string | null {
  const anchored = node.resolve(document);
  if (anchored === undefined) {
    return `*${node.source} stands for what &${node.source} names, and nothing is named so: put a value that begins with * in quotes`;
  }
  const isWithin = path.some((outer) => outer === anchored || (isPair(outer) && outer.value === anchored));
  return isWithin ? `*${node.source} stands inside what it stands for: write it out` : null;
}

function wrongNode(node: Node, isKey: boolean): string | null {
  if (node.tag !== undefined && node.tag !== '!' && !CORE_TAGS.includes(node.tag)) {
    return `${shortTag(node.tag)} is a tag to YAML: put a value that begins with ! in quotes`;
  }
  if (isKey && !isScalar(node) && !isAlias(node))
    return 'this key is a section or a list: put a name with [ or { in quotes';
  if (!isScalar(node)) return null;
  if (isKey && node.value === '__proto__') return '__proto__ cannot be a name: choose another';
  if (node.value === null && 'anchor' in node && node.anchor !== undefined) {
    return `&${node.anchor} names the value after it, and there is none: put a value that begins with & in quotes`;
  }
  return isPlain(node) && typeof node.value === 'string' ? wrongQuotes(node.value) : null;
}

function shortTag(tag: string): string {
  return tag.replace('tag:yaml.org,2002:', '!!');
}

/** Word processors and chats make “ and ’ of " and '; to YAML they are part of the name. */
function wrongQuotes(value: string): string | null {
  const quote = /^[\u2018-\u201f\u00ab\u00bb]/.exec(value)?.[0];
  return quote === undefined
    ? null
    : `${quote} is no quote mark to YAML: write ", or put " around the whole if the name really begins with ${quote}`;
}

/** A plain value that is not written as YAML would write it; every key. */
function keepSource(node: Scalar, isKey: boolean): void {
  const { source, value } = node;
  if (!isPlain(node) || typeof value === 'string' || source === undefined || source === '' || source === '~') return;
  // `Null` and `NULL` are nothing, too: a field that somebody left out in this way has no name.
  const written = String(value);
  if (isKey || (written !== 'null' && written !== source)) node.value = source;
}

function isPlain(node: Scalar): boolean {
  return node.type === 'PLAIN';
}

/** `Ready #1`: people put a blank after the sign where they mean a comment. */
function isCutByComment(node: Scalar): boolean {
  return isPlain(node) && typeof node.comment === 'string' && /^[^\s#!=-]/.test(node.comment) && node.value !== null;
}
