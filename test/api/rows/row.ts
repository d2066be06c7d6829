import { expect } from 'vitest';
import type { ApiRequest } from '../api-caller.ts';

/** The videos that the rows read. */
export interface Videos {
  readonly ready: string;
  readonly failed: string;
  readonly running: string;
  /** One more that runs, to be cancelled. */
  readonly stoppable: string;
  readonly bucket: string;
}

/** One request with its answer. `starts` is the number of executions that it starts. */
export interface Row {
  readonly name: string;
  readonly request: (videos: Videos, base: string) => ApiRequest;
  readonly status: number;
  /** The last part of a problem's type. */
  readonly problem?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly starts?: number;
}

export const JSON_HEADERS = { 'Content-Type': 'application/json' };
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Row['request'] {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const text = sent as NonNullable<ApiRequest['body']>;
  return () => ({ method: 'POST', path: '/videos', headers: { ...JSON_HEADERS, ...headers }, body: text });
}

/** JSON with these bytes in the place of the `@`. */
export function bytes(json: string, ...wrong: readonly number[]): Buffer<ArrayBuffer> {
  const [before = '', after = ''] = json.split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from(wrong), Buffer.from(after)]);
}

export function upload(body: unknown): Row['request'] {
  return () => ({ method: 'POST', path: '/uploads', headers: JSON_HEADERS, body: JSON.stringify(body) });
}

export function get(path: string | ((videos: Videos) => string), query?: string): Row['request'] {
  return (videos) => ({
    method: 'GET',
    path: typeof path === 'string' ? path : path(videos),
    query,
  });
}

export function refused(
  name: string,
  request: Row['request'],
  [status, problem]: readonly [number, string],
  body: object = {},
): Row {
  return { name, request, status, problem, body };
}

export const UNKNOWN_TEMPLATE = '1';
export const BAD: readonly [number, string] = [400, 'bad-request'];
export const FORMS = {
  pointed: (pointer: string, detail: string) => ({
    errors: expect.arrayContaining([{ pointer, detail: expect.stringContaining(detail) }]),
  }),
  said: (detail: string) => ({ detail: expect.stringContaining(detail) }),
};
