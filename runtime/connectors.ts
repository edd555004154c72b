/** Builds the connectors that a configuration names. Each has its own HTTP clients, budget and memory. */
import type { Configuration } from '../config/configuration.js';
import { createCraftConnector } from '../connectors/craft/index.js';
import { createHttpClient, type HttpClient } from '../connectors/http/client.js';
import type { OpenHttp } from '../connectors/http/request.js';
import type { CallBudget } from '../connectors/port/calls.js';
import type { ConnectionMemory } from '../connectors/port/connectionMemory.js';
import type { CraftConnector } from '../connectors/port/craft.js';
import type { DevToolConnector } from '../connectors/port/devTool.js';
import { createDevTool } from '../connectors/registry.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { ConnectionSettings } from '../domain/settings.js';

export interface Connectors {
  readonly craft: CraftConnector;
  readonly devTools: Readonly<Record<string, DevToolConnector>>;
  close(): Promise<void>;
}

export interface ConnectorsOptions {
  readonly configuration: Configuration;
  readonly budgets: (settings: ConnectionSettings) => CallBudget;
  readonly memory: (connection: string) => ConnectionMemory;
  /** The process's. @default each connection knows its own secrets */
  readonly redactor?: Redactor;
}

export function createConnectors({ configuration, budgets, memory, redactor }: ConnectorsOptions): Connectors {
  const { settings, secrets } = configuration;
  const clients: HttpClient[] = [];
  const openHttpOf = (connection: ConnectionSettings): OpenHttp => {
    const budget = budgets(connection);
    return (speech) => {
      const client = createHttpClient({
        connection: connection.name,
        baseUrl: speech.baseUrl ?? connection.baseUrl,
        authHeaders: () => speech.authHeaders(secrets.apiKey(connection.name)),
        timeoutMs: connection.timeoutMs,
        proxy: connection.proxy,
        caFile: connection.caFile,
        budget,
        ...(redactor !== undefined && { redactor }),
        ...(speech.describeError !== undefined && { describeError: speech.describeError }),
        ...(speech.monthSpent !== undefined && { monthSpent: speech.monthSpent }),
        ...(speech.monthTold !== undefined && { monthTold: speech.monthTold }),
      });
      clients.push(client);
      return client;
    };
  };
  const devTools = Object.values(settings.devTools).map((tool) => [tool.name, createDevTool(tool, openHttpOf(tool))]);
  return {
    craft: createCraftConnector({
      settings: settings.craft,
      openHttp: openHttpOf(settings.craft),
      memory: memory(settings.craft.name),
    }),
    devTools: Object.fromEntries(devTools) as Record<string, DevToolConnector>,
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
