import type { IncomingMessage, ServerResponse } from 'node:http';
import { type MadeUpService, startMadeUpService } from '../../test/page/made-up-service.ts';

const HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>For comparison</title>';

/** What the page is compared with, from its own server. */
const OTHERS: Readonly<Record<string, string>> = {
  '/empty': `${HEAD}<p>Nothing else.</p>`,
  '/styled': `${HEAD}<link rel="stylesheet" href="page/style.css"><h1>Nothing else.</h1>`,
  '/plain': `${HEAD}<link rel="stylesheet" href="page/style.css"><button>0</button><input><table class="videos"></table>`,
};

/** The page before a service that makes its answers up, and other pages to compare it with. */
export function startPages(): Promise<MadeUpService> {
  return startMadeUpService(sendOther);
}

function sendOther({ url = '' }: IncomingMessage, response: ServerResponse): boolean {
  const html = OTHERS[url];
  if (html === undefined) return false;
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
  return true;
}
