/** What a connector must remember of its connection over restarts, e.g. that a PUT replaces all custom fields. */
export interface ConnectionMemory {
  recall(key: string): Promise<string | null>;
  remember(key: string, value: string): Promise<void>;
}
