/** What the simulated MiniMax does with one task. Every part has the good day as its default. */
export interface Scenario {
  /** @default 'accept' */
  readonly create?: CreateBehaviour;
  /** One behaviour a query; the last one is repeated. @default ['Preparing', 'Processing', 'Success'] */
  readonly queries?: readonly QueryBehaviour[];
  /** Whatever the queries say, the task succeeds so many seconds after it was made, and not before. @default by the queries */
  readonly doneAfterSeconds?: number;
  /** One behaviour a download; the last one is repeated. @default ['whole'] */
  readonly downloads?: readonly DownloadBehaviour[];
  /** The link that a success gives. @default one of the simulator's own, signed as MiniMax's are */
  readonly link?: string | ((own: string) => string);
  /** What is behind the link. @default a clip of some 60 kB */
  readonly video?: Buffer;
  /** What it does with a `callback_url`. @default it is tried, and called at each change */
  readonly callbacks?: CallbackBehaviour;
}

/** How somebody is called who has asked for it. Every part has the good day as its default. */
export interface CallbackBehaviour {
  /** How it is tried during the create, which is refused where nobody answers; `refused` is so however it is answered. @default {} */
  readonly challenge?: Challenge | 'refused' | 'left out';
  /** How often it rings at each change. @default 1 */
  readonly times?: number;
  /** Whether it rings before the create is answered, too. @default false */
  readonly isEarly?: boolean;
}

export interface Challenge {
  /** What has to come back. @default a text that is never the same */
  readonly value?: unknown;
}

/** A create that is answered with a `Reply` was accepted and has made a task, however the reply fares. */
export type CreateBehaviour = 'accept' | 'close after the headers' | ProblemError | Reply;

/** A status word as MiniMax spells it, alone or with more; an answer without one; or one that fares badly. */
export type QueryBehaviour = string | StatusReply | ProblemError | Reply | Down;

/**
 * A download as a word or by its parts: `half` promises the whole length and closes half-way; `stalled` goes silent there;
 * `moved` redirects once to the clip, and so many `redirects` lead to the video; `unmeasured` comes without a length, and its end is the end of the connection.
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
  | 'moved inside'
  | { readonly httpStatus: number }
  | { readonly redirects: number }
  | Served
  | Down;

/** How a file is served. Every part has the good day as its default. */
export interface Served {
  /** `another video` is as long as the video; `gzip` is what nobody has asked for. @default 'the video' */
  readonly content?: 'the video' | 'another video' | 'a page' | 'nothing' | 'gzip';
  /** By what its end can be told; `too long` and `too short` promise one byte more or less. @default 'length' */
  readonly framing?: 'length' | 'chunks' | 'none' | 'too long' | 'too short';
  /** By what it can be told from another file. @default 'strong tag' */
  readonly validator?: 'strong tag' | 'weak tag' | 'date' | 'none';
  /** What a request for the rest of it gets: it, everything, an error, or an answer that is not what it says. @default 'given' */
  readonly ranges?:
    | 'given'
    | 'ignored'
    | 'unsatisfiable'
    | 'from another byte'
    | 'of another length'
    | 'of other bytes'
    | 'unlabelled';
  /** @default 'whole' */
  readonly ends?: 'whole' | 'half-way' | 'silent half-way';
}

/** An answer with a `base_resp.status_code` ≠ 0, or with an HTTP status and no body that says more. */
export type ProblemError =
  | { readonly code: number; readonly message?: string }
  | { readonly httpStatus: number };

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
  /** How much of the answer `cut` and `chunks` let through. @default half of it */
  readonly characters?: number;
}

/** A status with a code of its own, in an HTTP error without any `base_resp`, or a success that gives no link. */
export interface StatusReply {
  readonly status: string;
  readonly code?: number;
  readonly httpStatus?: number;
  readonly withoutLink?: true;
}

/** The connection is dropped, and nobody listens for so many milliseconds. */
export interface Down {
  readonly downForMs: number;
}

export const HAPPY_PATH: Required<Omit<Scenario, 'link' | 'video' | 'doneAfterSeconds' | 'callbacks'>> = {
  create: 'accept',
  queries: ['Preparing', 'Processing', 'Success'],
  downloads: ['whole'],
};
