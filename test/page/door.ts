import { onTestFinished } from 'vitest';
import { type PageServer, startPageServer } from '../../cli/page/server.ts';
import type { Reached } from '../../cli/service/connect.ts';
import { CREDENTIALS, REGION } from '../api/signed-front.ts';

/** A browser that was let in, as far as `fetch` goes. */
export interface Entered {
  readonly page: PageServer;
  /** The path behind the door, as in `/5f0c…/`. */
  readonly inside: string;
  readonly cookie: string;
  /** Asks for a path behind the door, with the cookie. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

/** A page server that signs. It ends with the test. */
export async function startPage(serviceUrl: string, given: Partial<Reached> = {}): Promise<PageServer> {
  const page = await startPageServer({
    videosUrl: `${serviceUrl}/videos`,
    access: { credentials: CREDENTIALS, region: REGION },
    isLocal: true,
    ...given,
  });
  onTestFinished(() => page.stop());
  return page;
}

/** Opens the address of a page server, as a browser does. */
export async function enter(page: PageServer): Promise<Entered> {
  const answer = await fetch(page.address);
  const [, inside = ''] = /url=([^"]+)"/.exec(await answer.text()) ?? [];
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  return {
    page,
    inside,
    cookie,
    ask: (path, { headers, ...init } = {}) =>
      fetch(`${page.url}${inside}${path}`, { ...init, headers: { cookie, ...headers } }),
  };
}
