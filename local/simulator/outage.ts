import { once } from 'node:events';
import type { Server } from 'node:http';

/** A server that can be unreachable for a time, so that connections to it are refused. */
export interface Outage {
  /** Drops every connection and listens no more. */
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Both, that many milliseconds apart; resolves when it has begun. */
  last(milliseconds: number): Promise<void>;
  /** Forgets an outage that has not ended by itself. */
  forget(): void;
}

/** @param url where the server listens when it does */
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
    async last(milliseconds) {
      await begin();
      ending = setTimeout(end, milliseconds);
    },
    forget: () => clearTimeout(ending),
  };
}
