import type * as z from 'zod/mini';
import { type ApiRequest, type RequestOptions, sendApiRequest } from './api-requests.ts';
import { NoResponse } from './errors.ts';

export interface Answer<Schema> {
  readonly headers: Headers;
  readonly body: z.infer<Schema>;
}

interface Post {
  readonly json: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends requests and checks what is answered. @throws ApiError, NoResponse */
export interface Api {
  get<Schema extends z.ZodMiniType>(url: URL, schema: Schema): Promise<Answer<Schema>>;
  post<Schema extends z.ZodMiniType>(url: URL, schema: Schema, post: Post): Promise<Answer<Schema>>;
}

export function createApi(options: RequestOptions): Api {
  async function send<Schema extends z.ZodMiniType>(
    request: ApiRequest,
    schema: Schema,
  ): Promise<Answer<Schema>> {
    const response = await sendApiRequest(request, options);
    const parsed = schema.safeParse(await response.json());
    if (parsed.success) return { headers: response.headers, body: parsed.data };
    const field = parsed.error.issues[0]?.path.join('.');
    throw new NoResponse(request.url.host, `its answer has an unexpected ${field || 'form'}`, true);
  }

  return {
    get: (url, schema) => send({ method: 'GET', url, headers: {} }, schema),
    post: (url, schema, { json, headers }) =>
      send(
        {
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(json),
        },
        schema,
      ),
  };
}
