import type { IncomingMessage, ServerResponse } from 'node:http';
import { videoIdIn } from '../../client/address.ts';
import { type ApiRequest, toAuthorize } from '../../client/authorize.ts';
import { type AnsweredProblem, problemWith, toProblem } from '../../lambdas/core/api/problem.ts';
import { CALLS } from '../../lambdas/core/api/routes.ts';
import { MINIMAX_HEADER, PAGE_HEADER, SIMULATED } from '../../lambdas/core/api/simulated.ts';
import { NOT_SIMULATED } from '../../local/api-gateway/minimax-header.ts';
import { readBounded } from '../../local/loopback-server.ts';
import { sendProblem } from '../../local/request-guard.ts';
import type { Reached } from '../service/connect.ts';

/** An answer of the service, as text. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends calls of the page to a service, signed or with the API key. */
export interface Forwarder {
  /** How a service on this machine names its data. @returns undefined for a deployed one, and for one that does not answer */
  owner(): Promise<string | undefined>;
  /** Asks the service for itself. @throws Error where it does not answer */
  get(path: string): Promise<ForwardedAnswer>;
  /** Forwards a request. @param path as in `videos?limit=5`, without a slash. @returns undefined where it has answered by itself */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<ForwardedAnswer | undefined>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const METHODS: readonly (string | undefined)[] = Object.values(CALLS).map(({ method }) => method);
/** The parts of each path of the API, as in `videos` and `{video_id}`. */
const PATHS = Object.values(CALLS).map(({ path }) => path.slice(1).split('/'));
/** What the service reads of a request. */
const SENT = ['content-type', 'idempotency-key', MINIMAX_HEADER] as const;
/** What the page reads of an answer. */
const RETURNED = ['content-type', 'retry-after', 'idempotency-replayed', 'cache-control'] as const;

export function createForwarder({ videosUrl, access, isLocal }: Reached): Forwarder {
  const address = new URL(videosUrl);
  const authorize = toAuthorize(access, address);

  /** How a service on this machine names its data. Another service at its address must not get what belongs to it. */
  let owner: string | undefined;

  async function send(given: ApiRequest): Promise<ForwardedAnswer> {
    const named: Record<string, string> = owner === undefined ? {} : { [PAGE_HEADER]: owner };
    const request = { ...given, headers: { ...given.headers, ...named } };
    const { method, url, body } = request;
    const headers = await authorize(request).catch((cause: Error) => {
      throw new NotAuthorized(cause.message, { cause });
    });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    if (isLocal) owner ??= answer.headers.get(PAGE_HEADER) ?? undefined;
    const kept = isLocal ? [...RETURNED, MINIMAX_HEADER] : RETURNED;
    return {
      status: answer.status,
      headers: Object.fromEntries(kept.flatMap((name) => headerOf(answer.headers, name))),
      text: await answer.text(),
    };
  }

  return {
    async owner() {
      if (isLocal && owner === undefined)
        await send({ method: 'GET', url: new URL('templates', address), headers: {} }).catch(() => undefined);
      return owner;
    },
    get: (path) => send({ method: 'GET', url: new URL(path, address), headers: {} }),
    async forward(request, response, path) {
      const { method, headers } = request;
      if (!isCall(path) || !METHODS.includes(method)) return void sendNotFound(response);
      if (headers[MINIMAX_HEADER] === SIMULATED && !isLocal)
        return void sendProblem(request, response, { status: 400, detail: NOT_SIMULATED });
      const body = await readBounded(request, MAX_BODY_BYTES);
      if (body === undefined) return void sendTooLarge(response);
      const sent = SENT.flatMap((name) =>
        headers[name] === undefined ? [] : [[name, String(headers[name])]],
      );
      const call: ApiRequest = {
        method: method as ApiRequest['method'],
        url: new URL(path, address),
        headers: Object.fromEntries(sent),
        ...(body.length === 0 ? {} : { body: body.toString() }),
      };
      return send(call).catch((error: unknown) => void sendUnreachable(response, error));
    },
  };
}

/** Is this a path of the API? Nothing else is asked with the user's credentials. */
export function isCall(path: string): boolean {
  const parts = (path.split('?')[0] ?? '').split('/');
  return PATHS.some(
    (names) => names.length === parts.length && names.every((name, index) => fits(name, parts[index] ?? '')),
  );
}

function fits(name: string, part: string): boolean {
  return name === '{video_id}' ? videoIdIn(part) !== undefined : name === part;
}

function headerOf(headers: Headers, name: string): readonly (readonly [string, string])[] {
  const value = headers.get(name);
  return value === null ? [] : [[name, value]];
}

function sendAsProblem(response: ServerResponse, problem: AnsweredProblem): void {
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(problem));
}

export function sendNotFound(response: ServerResponse): void {
  sendAsProblem(response, toProblem('path-not-found', 'The page has no such path.'));
}

function sendTooLarge(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  sendAsProblem(response, toProblem('request-too-large', `A request has at most ${MAX_BODY_BYTES} bytes.`));
}

/** There are no credentials to sign with, so nothing was sent. */
class NotAuthorized extends Error {}

/** The service has not answered. @param error what `fetch` or the provider of the credentials has thrown */
export function sendUnreachable(response: ServerResponse, error: unknown): void {
  if (error instanceof NotAuthorized) {
    sendAsProblem(response, problemWith('access-denied', 403, `${error.message} Nothing was sent.`));
    return;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  sendAsProblem(response, problemWith('gateway-fault', 502, `The service could not be asked (${why}).`));
}
