/**
 * The nodes of a harmless text: those of a Markdown tree (mdast) that mean something in every tool. Other nodes (raw
 * HTML, pictures, definitions, footnotes) are not among them.
 */
import type {
  Blockquote,
  Break,
  Code,
  Delete,
  Emphasis,
  Heading,
  InlineCode,
  Link,
  List,
  Nodes,
  Paragraph,
  Strong,
  Table,
  Text,
  ThematicBreak,
} from 'mdast';

export type Block = Paragraph | Heading | Code | Blockquote | List | Table | ThematicBreak;
export type Phrase = Text | InlineCode | Break | Emphasis | Strong | Delete | Link;

const BLOCKS = {
  paragraph: true,
  heading: true,
  code: true,
  blockquote: true,
  list: true,
  table: true,
  thematicBreak: true,
} as const satisfies Record<Block['type'], true>;

const PHRASES = {
  text: true,
  inlineCode: true,
  break: true,
  emphasis: true,
  strong: true,
  delete: true,
  link: true,
} as const satisfies Record<Phrase['type'], true>;

export function isBlock(node: Nodes): node is Block {
  return node.type in BLOCKS;
}

export function isPhrase(node: Nodes): node is Phrase {
  return node.type in PHRASES;
}
