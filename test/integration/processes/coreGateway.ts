/**
 * A TCP gateway to Temporal that tells the connections of the SDK's core, by which a worker works, from those of its
 * Node client, by which the same process looks after itself.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CoreGateway {
  /** host:port */
  readonly address: string;
  close(): Promise<void>;
}

export interface CoreFault {
  /** Before the core's first call after it has connected goes through. */
  readonly beforeFirstCall?: () => Promise<unknown>;
}

/** Of HTTP/2: the preface (24 bytes), and what the core's library writes first: SETTINGS with ENABLE_PUSH = 0. */
const CORE_SETTING = '000200000000';
const AT = { from: 24 + 9, to: 24 + 9 + 6 } as const;
/** What is shorter acknowledges what the server said. */
const SHORTEST_CALL = 20;
/** The answer to the question that each connection begins with, which system this is; SETTINGS are shorter. */
const SHORTEST_ANSWER = 60;

/** `target`: host:port. */
export async function startCoreGateway(target: string, fault: CoreFault): Promise<CoreGateway> {
  const sockets = new Set<Socket>();
  const [host = '', port] = target.split(':');
  let isDone = false;
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    let isCore: boolean | null = null;
    let begun = Buffer.alloc(0);
    let isConnected = false;
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.on('data', (chunk: Buffer) => {
      begun = isCore === null ? Buffer.concat([begun, chunk]) : begun;
      if (begun.length >= AT.to) isCore ??= begun.subarray(AT.from, AT.to).toString('hex') === CORE_SETTING;
      if (isDone || isCore !== true || !isConnected || chunk.length < SHORTEST_CALL) return void far.write(chunk);
      isDone = true;
      near.pause();
      void fault.beforeFirstCall?.().then(() => {
        far.write(chunk);
        near.resume();
      });
    });
    far.on('data', (chunk: Buffer) => {
      isConnected ||= chunk.length > SHORTEST_ANSWER;
      near.write(chunk);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
