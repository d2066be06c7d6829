/** What the simulated MiniMax does with one task. Every part has the good day as its default. */
export interface Script {
  /** @default 'accept' */
  readonly create?: CreateBehaviour;
  /** One behaviour a query; the last one is repeated. @default ['Preparing', 'Processing', 'Success'] */
  readonly queries?: readonly QueryBehaviour[];
  /** @default 'whole' */
  readonly download?: DownloadBehaviour;
}

/** A create that is accepted makes a task, also where its reply is lost or late. */
export type CreateBehaviour =
  | 'accept'
  | 'accept, lose the reply'
  | 'accept, reply with rubbish'
  | Refusal
  | Late;

/** A status word as MiniMax spells it, or an answer without one. */
export type QueryBehaviour = string | Refusal | 'lose the reply';

/** `half` promises the whole length and closes the connection half-way; `moved` redirects once to the whole clip. */
export type DownloadBehaviour = 'whole' | 'half' | 'gone' | 'wrong bytes' | 'moved';

/** An answer with a `base_resp.status_code` ≠ 0, or with an HTTP status and no body that says more. */
export type Refusal = { readonly code: number; readonly message?: string } | { readonly httpStatus: number };

/** Accepted, and answered only after so many milliseconds. */
export interface Late {
  readonly acceptAfterMs: number;
}

export const GOOD_DAY: Required<Script> = {
  create: 'accept',
  queries: ['Preparing', 'Processing', 'Success'],
  download: 'whole',
};
