/** What the simulated MiniMax does with one task. Every part has the good day as its default. */
export interface Script {
  /** @default 'accept' */
  readonly create?: CreateBehaviour;
  /** One behaviour a query; the last one is repeated. @default ['Preparing', 'Processing', 'Success'] */
  readonly queries?: readonly QueryBehaviour[];
  /** One behaviour a download; the last one is repeated. @default ['whole'] */
  readonly downloads?: readonly DownloadBehaviour[];
  /** The link that a success gives. @default one of the simulator's own, signed as MiniMax's are */
  readonly link?: string;
}

/** A create that is answered with a `Reply` was accepted and has made a task, however the reply fares. */
export type CreateBehaviour = 'accept' | 'close after the headers' | Refusal | Reply;

/** A status word as MiniMax spells it, alone or with more; an answer without one; or one that fares badly. */
export type QueryBehaviour = string | Told | Refusal | Reply | Down;

/**
 * `half` promises the whole length and closes half-way; `stalled` goes silent there; `moved`
 * redirects once to the clip; `unmeasured` comes without a length, and its end is the end of the connection.
 */
export type DownloadBehaviour =
  | 'whole'
  | 'half'
  | 'stalled'
  | 'unmeasured'
  | 'half, unmeasured'
  | 'lost'
  | 'empty'
  | 'page'
  | 'moved'
  | 'moved in circles'
  | 'moved away'
  | { readonly httpStatus: number }
  | Down;

/** An answer with a `base_resp.status_code` ≠ 0, or with an HTTP status and no body that says more. */
export type Refusal = { readonly code: number; readonly message?: string } | { readonly httpStatus: number };

/**
 * How an answer with all its fields comes through: `cut` promises its whole length and closes half-way, `chunks` does so
 * without having promised a length, `bare` has a `base_resp` and nothing else, `unmarked` has everything but that.
 */
export interface Reply {
  readonly reply: 'whole' | 'lost' | 'cut' | 'chunks' | 'page' | 'empty' | 'bare' | 'unmarked';
  /** The `base_resp.status_code`. @default 0 */
  readonly code?: number;
  /** @default 0 */
  readonly afterMs?: number;
}

/** A status with a code of its own, in an HTTP error without any `base_resp`, or a success that gives no link. */
export interface Told {
  readonly status: string;
  readonly code?: number;
  readonly httpStatus?: number;
  readonly withoutLink?: true;
}

/** The connection is dropped, and nobody listens for so many milliseconds. */
export interface Down {
  readonly downForMs: number;
}

export const GOOD_DAY: Required<Omit<Script, 'link'>> = {
  create: 'accept',
  queries: ['Preparing', 'Processing', 'Success'],
  downloads: ['whole'],
};
