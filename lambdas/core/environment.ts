/**
 * Every environment variable of the functions; all are text. `WF` is infra/workflow-functions.ts, `API` infra/api-functions.ts and `END`
 * infra/completion.ts, which write them. A setting is one of infra/settings.ts.
 */
interface Variables {
  /** The bucket's name. WF, API, END. */
  readonly VIDEO_BUCKET: string;
  /** ARN of the workflow. API, END. */
  readonly STATE_MACHINE_ARN: string;
  /** ARN of the bus that gets the event of an ended video. END. */
  readonly EVENT_BUS: string;
  /** Origin, as in `https://api.minimax.io`: the setting `minimaxHost`. WF, API, END. */
  readonly MINIMAX_API_HOST: string;
  /** Name or ARN of the secret with MiniMax's key. WF. */
  readonly MINIMAX_KEY_SECRET: string;
  /** Seconds until an unanswered request to MiniMax ends; less than the function's timeout: 100 for a create, 30 for a query. WF. */
  readonly MINIMAX_TIMEOUT_SECONDS: string;
  /**
   * Seconds to wait for the task of a create that may be in progress. In the steps 105: a create takes at most 100 s, and its mark says
   * when it began. In `announce-video` 150, the timeout of `Submit task`: an execution can be stopped before the create begins. WF, END.
   */
  readonly RECORD_WAIT_SECONDS: string;
  /** Seconds from the create to the first check: the setting of this name. WF. */
  readonly FIRST_WAIT_SECONDS: string;
  /** Seconds between two checks, at first: the setting of this name. WF. */
  readonly POLL_SECONDS: string;
  /** Seconds from the create after which no check follows: the setting `giveUpAfterHours`. WF. */
  readonly GIVE_UP_AFTER_SECONDS: string;
  /** Seconds, at least, between two queries of one task after a callback or an unexpected answer. WF. */
  readonly QUERY_PAUSE_SECONDS: string;
  /** Origins with commas between them that downloads may use without https and at any address: the setting of this name. WF. */
  readonly TRUSTED_DOWNLOAD_ORIGINS: string;
  /** Seconds without a byte after which a download's connection is given up. WF. */
  readonly DOWNLOAD_IDLE_SECONDS: string;
  /** Seconds of the first pause between two connections of a download; the pause grows. WF. */
  readonly DOWNLOAD_PAUSE_SECONDS: string;
  /** Megabytes of the largest video that is copied: the setting of this name. WF. */
  readonly MAX_VIDEO_MEGABYTES: string;
  /** Seconds between two writes of the copy's checkpoint, `copy.json`. WF. */
  readonly CHECKPOINT_SECONDS: string;
  /** Address, as in `https://…/prod/callbacks`; empty without callbacks. WF. */
  readonly CALLBACK_URL: string;
  /** ARN of the secret that callback tokens are made with; empty without callbacks. WF, API. */
  readonly CALLBACK_SECRET: string;
  /** How many videos may be started in 24 hours: the setting of this name; 0 without API keys, which is no limit. API. */
  readonly POSTS_PER_DAY: string;
  /** The name of the table. WF, API, END. */
  readonly VIDEO_TABLE: string;
  /** The metadata keys that a list can be filtered by, with commas between them: the setting of this name. WF, API, END. */
  readonly LISTED_METADATA: string;
  /** Makes ids of idempotency keys differ between deployments: the setting of this name, or a default. API. */
  readonly NAMESPACE: string;
  /** `owner` or `everyone`, who may use an owner's videos and uploads: the setting of this name. WF, API, END. */
  readonly VISIBILITY: string;
  /** Origins of pages, with commas between them: the setting of this name. Absent without it. API. */
  readonly CORS_ORIGINS: string;
  /** Days for which the file of a video is kept: the setting of this name. Absent without it. WF, API. */
  readonly RETENTION_DAYS: string;
}

/** Of each function that writes or lists the videos in the table. */
const INDEX_VARIABLES = ['VIDEO_TABLE', 'VISIBILITY', 'LISTED_METADATA'] as const;

/** Which variables each function has: infra/ writes them by this list, and the functions read them by it. */
export const FUNCTION_ENVIRONMENT = {
  'submit-task': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'VIDEO_BUCKET',
    'RECORD_WAIT_SECONDS',
    'FIRST_WAIT_SECONDS',
    'POLL_SECONDS',
    'GIVE_UP_AFTER_SECONDS',
    'TRUSTED_DOWNLOAD_ORIGINS',
    'CALLBACK_URL',
    'CALLBACK_SECRET',
    ...INDEX_VARIABLES,
  ],
  'adopt-task': ['VIDEO_BUCKET', ...INDEX_VARIABLES],
  'check-task': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'FIRST_WAIT_SECONDS',
    'POLL_SECONDS',
    'GIVE_UP_AFTER_SECONDS',
    'VIDEO_BUCKET',
    'QUERY_PAUSE_SECONDS',
  ],
  'copy-video': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'VIDEO_BUCKET',
    'TRUSTED_DOWNLOAD_ORIGINS',
    'DOWNLOAD_IDLE_SECONDS',
    'DOWNLOAD_PAUSE_SECONDS',
    'QUERY_PAUSE_SECONDS',
    'MAX_VIDEO_MEGABYTES',
    'CHECKPOINT_SECONDS',
  ],
  'record-failure': ['VIDEO_BUCKET', 'RECORD_WAIT_SECONDS'],
  'video-failed': ['VIDEO_BUCKET'],
  'announce-video': [
    'STATE_MACHINE_ARN',
    'VIDEO_BUCKET',
    'EVENT_BUS',
    'MINIMAX_API_HOST',
    'RECORD_WAIT_SECONDS',
    ...INDEX_VARIABLES,
  ],
  'start-video': [
    'STATE_MACHINE_ARN',
    'VIDEO_BUCKET',
    'MINIMAX_API_HOST',
    'POSTS_PER_DAY',
    'NAMESPACE',
    ...INDEX_VARIABLES,
  ],
  'list-videos': ['VIDEO_BUCKET', 'MINIMAX_API_HOST', ...INDEX_VARIABLES],
  'get-usage': ['MINIMAX_API_HOST', ...INDEX_VARIABLES],
  'get-video': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET', 'VISIBILITY'],
  'get-history': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET', 'VISIBILITY'],
  'get-workflow': ['STATE_MACHINE_ARN'],
  'cancel-video': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET', ...INDEX_VARIABLES],
  'create-upload': ['VIDEO_BUCKET'],
  'list-templates': ['MINIMAX_API_HOST'],
  'wait-for-callback': ['VIDEO_BUCKET'],
  'receive-callback': ['VIDEO_BUCKET', 'CALLBACK_SECRET'],
} as const satisfies Readonly<Record<string, readonly (keyof Variables)[]>>;

export type FunctionName = keyof typeof FUNCTION_ENVIRONMENT;

/** Which further variables each function has where their settings are given. */
export const OPTIONAL_ENVIRONMENT = {
  'copy-video': ['RETENTION_DAYS'],
  'start-video': ['CORS_ORIGINS', 'RETENTION_DAYS'],
  'list-videos': ['CORS_ORIGINS'],
  'get-usage': ['CORS_ORIGINS'],
  'get-video': ['CORS_ORIGINS', 'RETENTION_DAYS'],
  'get-history': ['CORS_ORIGINS'],
  'get-workflow': ['CORS_ORIGINS'],
  'cancel-video': ['CORS_ORIGINS'],
  'create-upload': ['CORS_ORIGINS'],
  'list-templates': ['CORS_ORIGINS'],
} as const satisfies Partial<Readonly<Record<FunctionName, readonly (keyof Variables)[]>>>;

type OptionalOf<Name extends FunctionName> = Name extends keyof typeof OPTIONAL_ENVIRONMENT
  ? (typeof OPTIONAL_ENVIRONMENT)[Name][number]
  : never;

export type EnvironmentOf<Name extends FunctionName> = Pick<
  Variables,
  (typeof FUNCTION_ENVIRONMENT)[Name][number]
> &
  Partial<Pick<Variables, OptionalOf<Name>>>;
