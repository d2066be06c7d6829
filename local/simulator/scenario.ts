/** What the simulated MiniMax does with one task. The defaults of all parts make a video without errors. */
export interface Scenario {
  /** @default 'accept' */
  readonly create?: CreateBehaviour;
  /** One behaviour a query. The last one is repeated. @default ['Preparing', 'Processing', 'Success'] */
  readonly queries?: readonly QueryBehaviour[];
  /** The task succeeds this many seconds after its create, instead of by `queries`. */
  readonly doneAfterSeconds?: number;
  /** One behaviour a download. The last one is repeated. @default ['whole'] */
  readonly downloads?: readonly DownloadBehaviour[];
  /** The link in a success. @default a link of the simulator, with MiniMax's parameters */
  readonly link?: string | ((own: string) => string);
  /** The file behind the link. @default a clip of about 60 kB */
  readonly video?: Buffer;
  /** The use of a `callback_url`. @default a challenge, then a callback at each change */
  readonly callbacks?: CallbackBehaviour;
}

/** How a `callback_url` is used. */
export interface CallbackBehaviour {
  /** How the create verifies the URL. `refused` counts any answer as none. @default {} */
  readonly challenge?: Challenge | 'refused' | 'left out';
  /** How many callbacks each change causes. @default 1 */
  readonly times?: number;
  /** Sends a callback also before the create is answered. @default false */
  readonly isEarly?: boolean;
}

export interface Challenge {
  /** The value that the answer has to repeat. @default a random text */
  readonly value?: unknown;
}

/** A create with a `Reply` was accepted and has made a task, also where the reply is lost. */
export type CreateBehaviour = 'accept' | 'close after the headers' | ProblemError | Reply;

/** A status in MiniMax's spelling, or an error. */
export type QueryBehaviour = string | StatusReply | ProblemError | Reply | Unreachable;

/**
 * A download as a word or by its parts.
 * - `half` states the whole length and closes half-way; `stalled` sends nothing more there, and stays open.
 * - `unmeasured` states no length and ends with its connection.
 * - `moved` redirects once to the clip; `redirects` counts redirects to the video.
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
  | Unreachable;

/** How a file is served. */
export interface Served {
  /** `another video` has the length of the video. `gzip` is a content coding that was not requested. @default 'the video' */
  readonly content?: 'the video' | 'another video' | 'a page' | 'nothing' | 'gzip';
  /** How the response marks its end. `too long` and `too short` state one byte too many or too few. @default 'length' */
  readonly framing?: 'length' | 'chunks' | 'none' | 'too long' | 'too short';
  /** How the response identifies the file. @default 'strong tag' */
  readonly validator?: 'strong tag' | 'weak tag' | 'date' | 'none';
  /** The answer to a range request: the range, the whole file, an error, or wrong bytes or headers. @default 'given' */
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

/** An answer with a `base_resp.status_code` ≠ 0, or with an HTTP status and an empty body. */
export type ProblemError =
  | { readonly code: number; readonly message?: string }
  | { readonly httpStatus: number };

/**
 * How an answer arrives. `cut` states its whole length and closes half-way; `chunks` closes half-way without a length.
 * `bare` has only a `base_resp`; `unmarked` has every other field.
 */
export interface Reply {
  readonly reply: 'whole' | 'lost' | 'cut' | 'chunks' | 'page' | 'empty' | 'bare' | 'unmarked';
  /** The `base_resp.status_code`. @default 0 */
  readonly code?: number;
  /** @default 0 */
  readonly afterMs?: number;
  /** How many characters `cut` and `chunks` send. @default half of the answer */
  readonly characters?: number;
}

/** A status with a code, with an HTTP error and no `base_resp`, or a success without a link. */
export interface StatusReply {
  readonly status: string;
  readonly code?: number;
  readonly httpStatus?: number;
  readonly withoutLink?: true;
}

/** Closes the connection, and refuses new ones for that many milliseconds. */
export interface Unreachable {
  readonly downForMs: number;
}

export const HAPPY_PATH: Required<Omit<Scenario, 'link' | 'video' | 'doneAfterSeconds' | 'callbacks'>> = {
  create: 'accept',
  queries: ['Preparing', 'Processing', 'Success'],
  downloads: ['whole'],
};
