/** A TCP gateway to a server, which a test can close or silence, as a lost server or network would be. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Gateway {
  /** host:port */
  readonly address: string;
  /** Connections break off, and new ones are refused. */
  close(): Promise<void>;
  /** Connections stay open, new ones are accepted, and nothing comes through. */
  silence(): void;
  /** As at the beginning. */
  open(): Promise<void>;
}

/** `target`: host:port. */
export async function startGateway(target: string): Promise<Gateway> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  let port = 0;
  let server: Server | null = null;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const onConnection = (near: Socket): void => {
    keep(near);
    if (isSilent) return;
    const [host = '', targetPort] = target.split(':');
    const far = keep(connect(Number(targetPort), host));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => {
        if (!isSilent) to.write(chunk);
      });
      from.once('close', () => to.destroy());
    }
  };
  const close = async (): Promise<void> => {
    const closing = server;
    server = null;
    for (const socket of sockets) socket.destroy();
    if (closing !== null) await new Promise((resolve) => closing.close(resolve));
  };
  const open = async (): Promise<void> => {
    if (isSilent) await close();
    isSilent = false;
    if (server !== null) return;
    const opening = createServer(onConnection);
    server = opening;
    await new Promise<void>((resolve) => opening.listen(port, '127.0.0.1', resolve));
    ({ port } = opening.address() as AddressInfo);
  };
  await open();
  return { address: `127.0.0.1:${port}`, close, open, silence: () => void (isSilent = true) };
}
