import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../loopback-server.ts';
import { type PageFiles, readPageFiles } from './page-files.ts';

/** Everything is the page's own. Nothing is inline, and nothing comes from another host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // A chosen image is shown before it is sent.
  "img-src 'self' blob:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  jpg: 'image/jpeg',
};

/** `/` is the page, and `/page/…` are its files. */
const PAGE_PATH = /^\/(?:page\/([\w.-]+))?$/;

export interface PageOptions {
  /** Whether the server sends the events of a video. */
  readonly hasEvents: boolean;
  /** The service of the page, as `pageOwner` names it. It is asked for with each load, because another service may be there by then. */
  readonly owner: () => string | Promise<string>;
}

/** Does a request ask for the page or one of its files? */
export function isForPage({ method, url = '' }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && PAGE_PATH.test(pathOf(url));
}

/** Serves the page. Its files are read, and in the repository bundled, when the first of them is asked for. */
export function createPageRoute({ hasEvents, owner }: PageOptions): Route {
  let files: Promise<PageFiles> | undefined;
  return async (request, response) => {
    files ??= readPageFiles();
    // The next request tries again.
    files.catch(() => {
      files = undefined;
    });
    const [, name = 'index.html'] = PAGE_PATH.exec(pathOf(request.url ?? '')) ?? [];
    const content = (await files).get(name);
    if (content === undefined) return void response.writeHead(404, HEADERS).end();
    const isPage = name === 'index.html';
    sendFile(response, name, isPage ? withOptions(content, { hasEvents, owner: await owner() }) : content);
  };
}

function sendFile(response: ServerResponse, name: string, content: Uint8Array): void {
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  response.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': content.length });
  response.end(content);
}

interface ShownOptions extends Pick<PageOptions, 'hasEvents'> {
  readonly owner: string;
}

/** What the program of the page has to know of its server. */
function withOptions(html: Uint8Array, { hasEvents, owner }: ShownOptions): Uint8Array {
  const events = hasEvents ? 'yes' : 'no';
  return Buffer.from(
    Buffer.from(html).toString().replace('<body>', `<body data-service="${owner}" data-events="${events}">`),
  );
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}
