import type { FunctionName } from '../environment.ts';

/** A call of the HTTPS API; `path` as in `/videos/{video_id}`. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
}

/** The calls of the HTTPS API, by the function that answers each. CONTRIBUTING.md lists what a new one needs (*A route*). */
export const CALLS = {
  'start-video': { method: 'POST', path: '/videos' },
  'list-videos': { method: 'GET', path: '/videos' },
  'get-video': { method: 'GET', path: '/videos/{video_id}' },
  'get-history': { method: 'GET', path: '/videos/{video_id}/history' },
  'cancel-video': { method: 'DELETE', path: '/videos/{video_id}' },
  'get-workflow': { method: 'GET', path: '/workflow' },
  'get-usage': { method: 'GET', path: '/usage' },
  'create-upload': { method: 'POST', path: '/uploads' },
  'list-templates': { method: 'GET', path: '/templates' },
} as const satisfies Partial<Readonly<Record<FunctionName, Call>>>;

export type CallName = keyof typeof CALLS;
