import { once } from 'node:events';
import type { Server } from 'node:http';

/** Makes a server unreachable for a time: its port refuses connections. */
export interface Outage {
  /** Closes the server and every connection. */
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Begins an outage of that many milliseconds. Resolves when it has begun. */
  for(milliseconds: number): Promise<void>;
  /** Cancels the end of an outage that `for` has begun. */
  forget(): void;
}

/** @param url of the server */
export function createOutage(server: Server, url: string): Outage {
  const { port, hostname } = new URL(url);
  let ending: NodeJS.Timeout | undefined;

  async function begin(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async function end(): Promise<void> {
    server.listen(Number(port), hostname);
    await once(server, 'listening');
  }

  return {
    begin,
    end,
    async for(milliseconds) {
      await begin();
      ending = setTimeout(end, milliseconds);
    },
    forget: () => clearTimeout(ending),
  };
}
