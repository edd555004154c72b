/** The shape of the battery: what an editor writes, and what people must see of it in each markup. */

export interface Case {
  readonly is: string;
  readonly text: string;
  readonly markdown: string;
  readonly textile?: string;
  readonly plain?: string;
}
