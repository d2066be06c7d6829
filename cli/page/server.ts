import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PAGE_HEADER } from '../../lambdas/core/api/simulated.ts';
import { type Listening, listen } from '../../local/loopback-server.ts';
import { forPagesOf, pageOwner } from '../../local/page/page-owner.ts';
import { createPageRoute, isForPage } from '../../local/page/page-route.ts';
import type { Reached } from '../service/connect.ts';
import { createDoor, reject } from './door.ts';
import { createForwarder, type ForwardedAnswer, isCall, sendUnreachable } from './forward.ts';
import { createRelay } from './relay.ts';

export interface PageServer extends Listening {
  /** The address to open, with its token. */
  readonly address: string;
}

const UPLOADS = 'uploads/';
const FILE = /^(videos\/[^/?]+)\/file$/;

/** Serves the page and signs its calls. Everything but the entrance is behind the door. @param port 0 takes a free one */
export async function startPageServer(reached: Reached, port = 0): Promise<PageServer> {
  const door = createDoor();
  const forwarder = createForwarder(reached);
  const relay = createRelay(forwarder, reached.isLocal);
  const owner = async () => pageOwner(reached.videosUrl, (await forwarder.owner()) ?? '');
  const page = createPageRoute({ hasEvents: false, owner });

  async function callFor(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const isOfPage = request.headers[PAGE_HEADER] !== undefined;
    if (!isOfPage) return call(request, response, path);
    await forPagesOf(await owner(), () => call(request, response, path))(request, response);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (door.enter(request, response)) return;
    const { url = '' } = request;
    if (!url.startsWith(door.inside)) return reject(request, response);
    const path = url.slice(door.inside.length);
    // The address of an upload has a secret of its own, because the page sends no cookie with it.
    if (path.startsWith(UPLOADS)) return relay.takeUpload(request, response, path.slice(UPLOADS.length));
    if (!door.isInside(request)) return reject(request, response);
    request.url = `/${path}`;
    return isForPage(request) ? page(request, response) : callFor(request, response, path);
  }

  async function call(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, video] = FILE.exec(path) ?? [];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && video !== undefined && isCall(video)) return relay.sendFile(request, response, video);
    const answer = await forwarder.forward(request, response, path);
    if (answer === undefined) return;
    const isOffer = request.method === 'POST' && path === 'uploads';
    const prefix = `${server.url}${door.inside}${UPLOADS}`;
    try {
      sendAnswer(response, isOffer ? relay.offerUpload(answer, prefix) : answer);
    } catch (error) {
      sendUnreachable(response, error);
    }
  }

  const server = await listen(createServer(), route, port, { isOpenLink });
  return { ...server, address: `${server.url}${door.entrance}` };
}

function sendAnswer(response: ServerResponse, { status, headers, text }: ForwardedAnswer): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

/** The entrance has its own secret, and may be opened from anywhere. */
function isOpenLink({ url = '', headers }: IncomingMessage): boolean {
  return url.startsWith('/?') && headers['sec-fetch-dest'] === 'document';
}
