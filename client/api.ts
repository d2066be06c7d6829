import type { ApiRequest } from './authorize.ts';
import { NoResponse } from './errors.ts';
import { type Channel, type SendOptions, send } from './send.ts';
import type { Shape } from './shapes.ts';

/** An answer that has the shape that was asked for. */
export interface Checked<T> {
  readonly headers: Headers;
  readonly body: T;
}

interface ApiCall {
  readonly method: ApiRequest['method'];
  readonly url: URL;
  /** The body. */
  readonly json?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request and checks its answer. @throws ApiError, NoResponse, Stopped */
export type Api = <T>(call: ApiCall, shape: Shape<T>, options?: SendOptions) => Promise<Checked<T>>;

export function createApi(channel: Channel): Api {
  return async <T>({ method, url, json, headers }: ApiCall, shape: Shape<T>, options: SendOptions = {}) => {
    const request: ApiRequest =
      json === undefined
        ? { method, url, headers: { ...headers } }
        : {
            method,
            url,
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify(json),
          };
    const answer = await send(request, channel, options);
    const wrong = shape.wrongField(answer.body);
    if (wrong === undefined) return answer as Checked<T>;
    const reason = `its answer has an unexpected ${wrong || 'form'}`;
    const { isHarmless = method === 'GET' } = options;
    throw new NoResponse({ host: url.host, reason, mayHaveBeenReceived: !isHarmless }, options.subject);
  };
}
